"""Positions of waiting items in the order in which the relay will take them; they depend on every user's items."""

import time
from collections.abc import Callable, Mapping
from uuid import UUID

from scribe.common.process.database import load_queries
from scribe.gateway.database import Database

LIFETIME = 1.0
SHARE = 20
"""Counting may use a twentieth of the time, however many items wait."""
MAX_COUNTED = 1000
"""Items after these have no position."""

Places = tuple[list[int], int]
"""The positions of a user's waiting items, in order, as far as they were counted; and how many were counted in all."""


class Positions:
    """Positions, counted at most once a second, and again after a submission."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._sql = load_queries(__package__)["places"]
        self._by_user: Mapping[UUID, list[int]] = {}
        self._counted = 0
        self._due = self._not_before = float("-inf")

    def forget(self) -> None:
        """Count again at the next request: what waits has changed."""
        self._due = self._not_before

    async def of(self, user_id: UUID) -> Places:
        """The positions of a user's items."""
        if self._clock() >= self._due:
            await self._count()
        return self._by_user.get(user_id, []), self._counted

    async def _count(self) -> None:
        self._due = self._clock() + LIFETIME
        async with self._database.as_service() as connection:
            begun = self._clock()  # not before: the wait for a connection does not count
            rows = await connection.fetch(self._sql, MAX_COUNTED)
        self._by_user = {row["user_id"]: row["places"] for row in rows}
        self._counted = sum(map(len, self._by_user.values()))
        self._not_before = begun + SHARE * (self._clock() - begun)
        self._due = max(self._due, self._not_before)
