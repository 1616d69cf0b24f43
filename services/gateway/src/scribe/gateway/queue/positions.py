"""How much everybody has waiting: the relay takes users in turn, so an item's place depends on it."""

import time
from collections.abc import Callable, Mapping
from uuid import UUID

from scribe.common.database import load_queries
from scribe.gateway.database import Database

LIFETIME = 1.0


class WaitingCounts:
    """Counted at most once a second, however many tabs poll."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._sql = load_queries(__package__)["pending_counts"]
        self._counts: Mapping[UUID, int] = {}
        self._counted = float("-inf")

    async def of_others(self, user_id: UUID) -> list[int]:
        """How many items each of the others has waiting, without saying who."""
        if self._clock() - self._counted >= LIFETIME:
            self._counted = self._clock()
            async with self._database.as_service() as connection:
                rows = await connection.fetch(self._sql)
            self._counts = {row["user_id"]: row["waiting"] for row in rows}
        return [waiting for other, waiting in self._counts.items() if other != user_id]
