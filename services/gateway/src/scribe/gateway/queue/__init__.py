"""E-mails on their way: submitting, following, cancelling."""
