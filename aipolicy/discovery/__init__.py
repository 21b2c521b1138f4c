"""Which files are manifests to check: found by name, beside what git tracks and ignores, and what is left out."""
