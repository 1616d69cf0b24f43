"""HTTP calls to services that are not ours, and the guard for addresses that a stranger chose."""
