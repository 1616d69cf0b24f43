"""The prompts of the gateway, as files."""
