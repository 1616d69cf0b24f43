"""The process of a step: one delivery from the pull to its settlement, and a clean stop."""
