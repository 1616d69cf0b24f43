"""Reading text that people and strangers wrote: names, placeholders, words, and what must not reach a model."""
