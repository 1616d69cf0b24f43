"""The stand-in for language models: fixed rules answer from what the prompt holds."""
