"""What one user may ask for: how often, and the same thing only once."""
