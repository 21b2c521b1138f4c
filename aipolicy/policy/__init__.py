"""Policy packs: parameters, variables, rules and their typed conditions."""
