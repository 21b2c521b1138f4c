"""What will start or stop failing."""
