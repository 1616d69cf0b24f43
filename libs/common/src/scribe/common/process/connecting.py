"""How a connection to PostgreSQL is opened: with prepared statements where its server keeps them.

A transaction pooler hands a server connection over after every transaction. One that knows nothing of prepared
statements (PgBouncer before 1.21, Supavisor in some releases) hands over with it what another client has prepared.
PgBouncer answers to the outside with a process id of its own making, which tells it from a server.
"""

from dataclasses import dataclass
from typing import Any, Literal

import asyncpg

StatementCache = Literal["auto", "on", "off"]
STATEMENTS = 100
"""Statements that a connection keeps prepared."""


@dataclass
class Connector:
    """What a pool calls to connect. `auto`: statements are kept where no pooler is in between, seen anew each time."""

    cache: StatementCache
    _is_direct: bool = True

    async def __call__(self, *place: Any, **options: Any) -> asyncpg.Connection:  # noqa: ANN401 - as asyncpg has it
        """Connect as was right the last time; where the server turns out to be of the other kind, connect once more."""
        if self.cache != "auto":
            return await _connect(place, options, is_cached=self.cache == "on")
        expected = self._is_direct  # others connect at the same time
        connection = await _connect(place, options, is_cached=expected)
        if await is_direct(connection) == expected:
            return connection
        self._is_direct = not expected
        await connection.close()
        return await _connect(place, options, is_cached=not expected)


async def _connect(place: tuple[Any, ...], options: dict[str, Any], *, is_cached: bool) -> asyncpg.Connection:
    options["statement_cache_size"] = STATEMENTS if is_cached else 0
    return await asyncpg.connect(*place, **options)


async def is_direct(connection: asyncpg.Connection) -> bool:
    """Whether the process that answered at the connect is the one that runs statements.

    Asked without parameters and seen by the count of rows, for which nothing needs to be prepared.
    """
    return await connection.execute(f"SELECT WHERE pg_backend_pid() = {connection.get_server_pid()}") == "SELECT 1"
