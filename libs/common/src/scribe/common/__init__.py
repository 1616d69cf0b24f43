"""What every service shares: the pipeline's data, streams, consumer, publisher and settings."""
