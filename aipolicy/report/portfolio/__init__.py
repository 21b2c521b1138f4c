"""What a report on many features together shows, whatever it is written as."""
