"""Text in, plain values and their positions out."""
