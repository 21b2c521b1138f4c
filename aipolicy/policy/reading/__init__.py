"""Pack files in, typed rules out."""
