"""What every process needs of its host: signals, probes, the connection pool to PostgreSQL."""
