"""A model without a model: it answers from what the prompt holds, by rules."""
