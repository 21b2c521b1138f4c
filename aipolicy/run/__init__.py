"""One run: manifests and a policy in, results of files out; every command comes this way."""
