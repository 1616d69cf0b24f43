"""Logs, metrics, spans and how they leave the process."""
