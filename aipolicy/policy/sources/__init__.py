"""Where the files of a pack come from besides folders: git revisions; and the lock file that pins them."""
