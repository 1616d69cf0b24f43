"""Step 3: finds the recipient's papers on arXiv."""
