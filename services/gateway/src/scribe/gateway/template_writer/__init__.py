"""A template from a PDF: fetched through the guard, read in a process of its own, written by a model."""
