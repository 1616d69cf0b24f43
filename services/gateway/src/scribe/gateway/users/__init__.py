"""The people who send e-mails."""
