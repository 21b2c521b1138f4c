"""Coverage of frameworks by rules, and of their controls by features, as text, tables and OSCAL."""
