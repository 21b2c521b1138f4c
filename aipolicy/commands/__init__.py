"""What each command does: a request in, texts and an exit code out; no command line and no terminal is known here."""
