"""Twelve e-mails with their sources, true and false; README.md says what the files hold."""
