"""Servers from wheels: PostgreSQL and NATS, started as children of this process, on 127.0.0.1."""

from scribe.local.servers.broker import EmbeddedNats, embedded_nats
from scribe.local.servers.database import EmbeddedPostgres, embedded_postgres

__all__ = ["EmbeddedNats", "EmbeddedPostgres", "embedded_nats", "embedded_postgres"]
