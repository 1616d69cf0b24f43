"""Settings of every process that talks to PostgreSQL."""

from pydantic import AliasChoices, Field, SecretStr

from scribe.common.process.connecting import StatementCache
from scribe.common.settings import Settings


class DatabaseSettings(Settings):
    """How to reach PostgreSQL."""

    database_url: SecretStr = Field(
        description="PostgreSQL URL, `postgresql://user:password@host:port/database`; a transaction pooler is fine.",
        validation_alias=AliasChoices("SCRIBE_DATABASE_URL", "DATABASE_URL"),
    )
    database_pool_size: int = Field(10, ge=1, le=100, description="Most connections that one process opens.")
    database_statement_cache: StatementCache = Field(
        "auto",
        description="Keep statements prepared: `auto`, where no pooler is in between; `on`, where the pooler knows"
        " prepared statements (PgBouncer >= 1.21 with `max_prepared_statements`); `off`.",
    )
