"""Text for people: colours, source lines with carets, columns."""
