"""What will start or stop failing: every day on which something changes, judged by the one evaluator, with its cause."""
