"""What will start or stop failing: every day on which something changes, evaluated by the one evaluator, with its cause."""
