"""What ways of building cost."""
