"""What to do about a feature, how sure that is, what would change it, and what is to be done next."""
