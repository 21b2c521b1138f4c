"""What the organisation and the command line set, and what a run covers."""
