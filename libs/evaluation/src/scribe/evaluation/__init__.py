"""How a change of a prompt, a model or a check is judged: cases through the real steps, scored by code."""
