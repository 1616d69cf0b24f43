"""Routes about the service itself: the console page, health, readiness and metrics."""
