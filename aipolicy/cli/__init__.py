"""The command line: options, one call, one exit; the only place that reads the clock and the environment."""
