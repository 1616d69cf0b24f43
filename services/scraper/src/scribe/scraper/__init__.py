"""Step 2: researches the recipient with Exa and Chromium."""
