"""Step 1: reads the template."""
