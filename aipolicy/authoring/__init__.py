"""What helps people write packs: new rules with their examples."""
