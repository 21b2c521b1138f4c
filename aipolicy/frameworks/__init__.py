"""What frameworks ask of features: their clauses and controls, each with what became of the rules that speak of it."""
