"""What a run reports: findings, the rules that are reserved, findings of now beside those of before."""
