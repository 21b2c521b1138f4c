"""The state of a repository at an earlier commit, read from git's objects; the only place that runs git."""
