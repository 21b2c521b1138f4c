"""What a change does to features: verdict, needs, findings and cost before and after, and which input is the cause."""
