"""The connection pool to PostgreSQL, safe behind a transaction pooler, and queries kept in `.sql` files.

Supavisor and PgBouncer hand a server connection over after every transaction, so nothing may live longer: no session
settings, no LISTEN, and no prepared statements but where `connecting` finds that they are kept.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from opentelemetry import trace

from scribe.common.errors import ConfigurationError, UnavailableError
from scribe.common.observability.metrics import DatabaseMetrics
from scribe.common.observability.spans import transaction_span
from scribe.common.process.connecting import Connector
from scribe.common.process.settings import DatabaseSettings

ACQUIRE_TIMEOUT = 10.0
COMMAND_TIMEOUT = 30.0
CLOSE_TIMEOUT = 5.0

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

POSTGRES_UNAVAILABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,  # SQLSTATE class 08
    asyncpg.ReadOnlySQLTransactionError,  # 25006: a standby, or a primary that was demoted
    asyncpg.InvalidAuthorizationSpecificationError,  # 28: a password that is being rotated
    asyncpg.InsufficientResourcesError,  # 53: disk full, out of memory, no connection left
    asyncpg.ObjectNotInPrerequisiteStateError,  # 55: the database takes no connections, something is locked or in use
    asyncpg.OperatorInterventionError,  # 57: shut down, starting up, a statement cancelled
    asyncpg.PostgresSystemError,  # 58: an input or output error of the server
    asyncpg.InvalidCachedStatementError,  # a migration changed a table under a prepared statement; asyncpg forgets it
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Errors of a server that cannot work at the moment, whatever the request: waiting helps, another request does not.

The last two are asyncpg's own, raised when a connection breaks during a request.
"""

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)


@asynccontextmanager
async def open_pool(
    settings: DatabaseSettings,
    application: str,
    metrics: DatabaseMetrics | None = None,
    *,
    url: str = "database_url",
    size: int | None = None,
) -> AsyncIterator[asyncpg.Pool]:
    """A pool that connects when it is first used, so that services and servers start in any order.

    `url` names the setting of the URL, which is read again for each connection, so that a password may change. `size`
    takes the place of the setting of the pool's size.

    Raises:
        ConfigurationError: the URL is malformed.
    """
    await _raise_if_malformed(settings.current_secret(url), settings.names_of(url)[0])
    pool = _pool(settings, application, url, size or settings.database_pool_size)
    await pool
    if metrics is not None:
        show_connections(metrics, pool)
    try:
        yield pool
    finally:
        await _close(pool)


def _pool(settings: DatabaseSettings, application: str, url: str, size: int) -> asyncpg.Pool:
    connector = Connector(settings.database_statement_cache)

    async def connect(*_: object, **options: Any) -> asyncpg.Connection:  # noqa: ANN401 - asyncpg's own, handed on
        return await connector(settings.current_secret(url), **options)

    return asyncpg.create_pool(
        min_size=0,
        max_size=size,
        connect=connect,
        command_timeout=COMMAND_TIMEOUT,
        timeout=ACQUIRE_TIMEOUT,
        server_settings={"application_name": f"scribe-{application}"},
        init=_decode_json,
        reset=_nothing_to_reset,
    )


async def _close(pool: asyncpg.Pool) -> None:
    """Close the connections; those to a server that does not answer are dropped."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def show_connections(metrics: DatabaseMetrics, *pools: asyncpg.Pool) -> None:
    """Let the metrics show the connections of all of this process's pools."""
    metrics.limit.set(sum(pool.get_max_size() for pool in pools))
    metrics.connections.labels("idle").set_function(lambda: sum(pool.get_idle_size() for pool in pools))
    metrics.connections.labels("used").set_function(
        lambda: sum(pool.get_size() - pool.get_idle_size() for pool in pools)
    )


async def _raise_if_malformed(url: str, name: str) -> None:
    """Let asyncpg read the URL, which a pool does only when it first connects. No time is given to connect."""
    try:
        await asyncpg.connect(url, timeout=0)
    except (asyncpg.ClientConfigurationError, ValueError) as error:
        raise ConfigurationError(
            f"{name} is no PostgreSQL URL; it has the form postgresql://user:password@host:5432/database"
        ) from error
    except POSTGRES_UNAVAILABLE:
        return


async def _decode_json(connection: asyncpg.Connection) -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """No session state outlives a transaction, so asyncpg's reset, a round trip, is left out."""


@contextmanager
def observed(operation: str, metrics: DatabaseMetrics) -> Iterator[None]:
    """A block that is one transaction. `operation` names its statements and tables (`INSERT queue_items`).

    It has a span where it is part of a trace; the polling queries of the gateway's loops have none.
    """
    with ExitStack() as stack:
        stack.enter_context(metrics.transaction.labels(operation).time())
        if trace.get_current_span().is_recording():
            stack.enter_context(transaction_span(operation))
        yield


@contextmanager
def as_unavailable() -> Iterator[None]:
    """Raise UnavailableError, on which settlement holds the message, where the server cannot work."""
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
