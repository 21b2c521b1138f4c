"""The output formats of a run."""
