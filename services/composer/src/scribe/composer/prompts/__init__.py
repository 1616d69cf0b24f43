"""The prompts of the composer, as files."""
