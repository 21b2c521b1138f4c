"""A table of AI use cases and a mapping file in, manifests and a report of what could not be mapped out."""
