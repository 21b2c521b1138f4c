"""Rules over all features of a run."""
