"""The SQL of the composer."""
