"""Templates that a model writes from a student's PDF."""
