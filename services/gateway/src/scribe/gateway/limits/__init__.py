"""Limits of one user: how often something may be requested, and requests that are repeated."""
