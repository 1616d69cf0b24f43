"""The connection pool to PostgreSQL, safe behind a transaction pooler, and queries kept in `.sql` files.

Supavisor and PgBouncer hand a server connection over after every transaction, so nothing may live longer: no prepared
statements (asyncpg's cache is off), no session settings, no LISTEN.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from importlib.resources import files
from types import MappingProxyType

import asyncpg
from opentelemetry import trace

from scribe.common.errors import ConfigurationError, UnavailableError
from scribe.common.observability.metrics import DatabaseMetrics
from scribe.common.observability.spans import transaction_span
from scribe.common.process.settings import DatabaseSettings

ACQUIRE_TIMEOUT = 10.0
COMMAND_TIMEOUT = 30.0

POSTGRES_UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InterfaceError,
)
"""What is raised while the server is away, restarts, or has no connection left."""

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@asynccontextmanager
async def open_pool(
    settings: DatabaseSettings, application: str, metrics: DatabaseMetrics | None = None
) -> AsyncIterator[asyncpg.Pool]:
    """A pool that connects when it is first used, so that services and servers start in any order.

    Raises:
        ConfigurationError: the URL is none.
    """
    try:
        pool = asyncpg.create_pool(
            settings.database_url.get_secret_value(),
            min_size=0,
            max_size=settings.database_pool_size,
            statement_cache_size=0,
            command_timeout=COMMAND_TIMEOUT,
            timeout=ACQUIRE_TIMEOUT,
            server_settings={"application_name": f"scribe-{application}"},
            init=_decode_json,
            reset=_nothing_to_reset,
        )
        await pool
    except (ValueError, asyncpg.ClientConfigurationError) as error:
        raise ConfigurationError("SCRIBE_DATABASE_URL is no PostgreSQL URL") from error
    if metrics is not None:
        metrics.limit.labels(application).set(settings.database_pool_size)
        metrics.connections.labels("idle").set_function(pool.get_idle_size)
        metrics.connections.labels("used").set_function(lambda: pool.get_size() - pool.get_idle_size())
    try:
        yield pool
    finally:
        await pool.close()


async def _decode_json(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """Nothing outlives a transaction, so the round trip that asyncpg would clean up with is saved."""


@contextmanager
def observed(operation: str, metrics: DatabaseMetrics) -> Iterator[None]:
    """A block that is one transaction. `operation` names its statements and tables (`INSERT queue_items`).

    It has a span where it belongs to a trace; the loops' looks at their tables, which find nothing mostly, do not.
    """
    with ExitStack() as stack:
        stack.enter_context(metrics.transaction.labels(operation).time())
        if trace.get_current_span().is_recording():
            stack.enter_context(transaction_span(operation))
        yield


@contextmanager
def as_unavailable() -> Iterator[None]:
    """Turn the errors of an absent server into UnavailableError, which settlement answers by holding the message."""
    try:
        yield
    except POSTGRES_UNAVAILABLE as error:
        raise UnavailableError(f"PostgreSQL is away: {type(error).__name__}") from error


def load_queries(package: str) -> Mapping[str, str]:
    """The queries of all `.sql` files in `package`, by the name in the comment `-- name: <name>` above each."""
    queries: dict[str, str] = {}
    for file in sorted(files(package).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".sql"):
            parts = _NAME.split(file.read_text("utf-8"))
            queries.update(zip(parts[1::2], (sql.strip() for sql in parts[2::2]), strict=True))
    return MappingProxyType(queries)
