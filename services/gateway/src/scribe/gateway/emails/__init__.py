"""Written e-mails."""
