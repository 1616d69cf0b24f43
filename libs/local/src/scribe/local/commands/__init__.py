"""The commands of `scribe`, one a module."""
