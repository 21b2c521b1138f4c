"""Documents in, features out: discovery, conformance to the manifest schema, and the findings of both."""
