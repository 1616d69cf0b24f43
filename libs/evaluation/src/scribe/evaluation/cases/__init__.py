"""The cases, as data: people, templates, and who is written to with which."""
