"""The SQL of the `scribe` command."""
