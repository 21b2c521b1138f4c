"""What can be known of policy packs without a manifest: mistakes that stop them from loading, and what looks wrong."""
