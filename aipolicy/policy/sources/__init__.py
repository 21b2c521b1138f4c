"""Where the files of a pack come from besides folders: archives, git revisions; and the lock file that pins them."""
