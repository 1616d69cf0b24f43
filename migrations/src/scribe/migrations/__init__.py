"""The database schema, as alembic revisions, and the command that applies them."""
