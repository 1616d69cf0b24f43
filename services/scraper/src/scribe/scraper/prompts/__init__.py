"""The prompts of the parser, as files."""
