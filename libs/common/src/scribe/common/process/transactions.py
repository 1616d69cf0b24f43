"""Transactions on connections of a pool: of several statements, and of one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import TypeVar

import asyncpg

from scribe.common.process.database import ACQUIRE_TIMEOUT, POSTGRES_UNAVAILABLE, Connection

_DROPS_CONNECTION = (asyncpg.ReadOnlySQLTransactionError, asyncpg.InternalClientError)
"""Errors after which the connection is closed: its server does not take writes, or the protocol is out of step."""

_IS_ENDED = (
    ConnectionError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
"""Errors of a connection that its server has ended, or is ending."""
MAX_ENDED = 2
"""Ended connections that a transaction may meet before it fails."""

T = TypeVar("T")


@asynccontextmanager
async def acquired(pool: asyncpg.Pool, patience: float = ACQUIRE_TIMEOUT) -> AsyncIterator[Connection]:
    """A connection of the pool, returned at the end; one that is broken is closed.

    (The pool's own timeout would create a task for each acquisition, which costs more than the acquisition.)

    Raises:
        TimeoutError: every connection was in use for `patience` seconds.
    """
    async with asyncio.timeout(patience):
        connection = await pool.acquire()
    try:
        yield connection
    except _DROPS_CONNECTION:
        connection.terminate()
        raise
    finally:
        await pool.release(connection)


@asynccontextmanager
async def transaction(
    pool: asyncpg.Pool, patience: float = ACQUIRE_TIMEOUT, begin: str = "BEGIN"
) -> AsyncIterator[Connection]:
    """A transaction that `begin` begins, on a connection of the pool.

    Where the server ended the connection while it was idle, another is taken: nothing has happened on it yet.

    Raises:
        TimeoutError: every connection was in use for `patience` seconds.
    """
    async with AsyncExitStack() as stack:
        connection = await _on_a_living_one(partial(_begun, stack, pool, patience, begin))
        try:
            yield connection
        except BaseException:
            await _roll_back(connection)
            raise
        await connection.execute("COMMIT")


async def _begun(stack: AsyncExitStack, pool: asyncpg.Pool, patience: float, begin: str) -> Connection:
    """A connection on which the transaction has begun, which `stack` returns to the pool."""
    async with AsyncExitStack() as attempt:
        connection = await attempt.enter_async_context(acquired(pool, patience))
        await connection.execute(begin)
        await stack.enter_async_context(attempt.pop_all())
        return connection


async def read_value(pool: asyncpg.Pool, patience: float, query: str, *arguments: object) -> object:
    """The one value of a query that changes nothing: a transaction of one round trip, also behind a pooler.

    Where the server ended the connection, it is asked again on another.

    Raises:
        TimeoutError: every connection was in use for `patience` seconds.
    """

    async def attempt() -> object:
        async with acquired(pool, patience) as connection:
            return await connection.fetchval(query, *arguments)

    return await _on_a_living_one(attempt)


async def _on_a_living_one(attempt: Callable[[], Awaitable[T]]) -> T:
    """What `attempt` returns, which takes a connection and has done nothing where the server had ended it."""
    for _ in range(MAX_ENDED):
        with suppress(*_IS_ENDED):
            return await attempt()
    return await attempt()


async def _roll_back(connection: Connection) -> None:
    """Leave the transaction; a connection that cannot is closed, and what has failed before is told."""
    try:
        await connection.execute("ROLLBACK")
    except POSTGRES_UNAVAILABLE:
        with suppress(asyncpg.InterfaceError):  # the pool has taken a lost connection back already
            connection.terminate()
