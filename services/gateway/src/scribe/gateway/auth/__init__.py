"""Who is calling: access tokens, verified locally."""
