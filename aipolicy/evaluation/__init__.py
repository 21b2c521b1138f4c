"""The only evaluator: rules over options in, a trace out, and findings and the verdict as functions of it."""
