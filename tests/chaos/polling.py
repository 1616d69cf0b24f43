"""How far the work has come, asked twice a second over one connection: a new one each time is most of what it costs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

UNDER_WAY = "SELECT id::text FROM queue_items WHERE status NOT IN ('completed', 'failed')"


async def connect(url: str) -> asyncpg.Connection:
    """A connection that does not wait for a server that does not answer."""
    return await asyncpg.connect(url, timeout=10, command_timeout=10)


@dataclass
class Polling:
    """Keeps its connection to the database at `url` until a request over it has failed."""

    url: str
    _idle: list[asyncpg.Connection] = field(default_factory=list)

    async def under_way(self) -> set[str]:
        """The items, of all cells, that are there and have not ended."""
        async with self._connection() as connection:
            return {row["id"] for row in await connection.fetch(UNDER_WAY)}

    def close(self) -> None:
        """Close the connection."""
        while self._idle:
            self._idle.pop().terminate()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        connection = self._idle.pop() if self._idle else await connect(self.url)
        try:
            yield connection
        except BaseException:
            connection.terminate()
            raise
        self._idle.append(connection)
