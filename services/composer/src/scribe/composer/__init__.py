"""Step 4: writes the e-mail and checks every claim in it."""
