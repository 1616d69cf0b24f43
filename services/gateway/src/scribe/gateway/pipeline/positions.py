"""Positions of waiting items in the order in which the relay will take them; they depend on every user's items."""

import time
from collections.abc import Callable, Mapping
from uuid import UUID

from scribe.common.process.database import load_queries
from scribe.gateway.database import Database

LIFETIME = 1.0
SHARE = 20
"""Counting may take a twentieth of the time, however much waits."""
MAX_COUNTED = 1000
"""What comes after these is told only that it does."""

Places = tuple[list[int], int]
"""The places of a user's waiting items, in their order, as far as they were counted; and how many were in all."""


class Positions:
    """Counted at most once a second, however many tabs poll; anew after a submission."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._sql = load_queries(__package__)["places"]
        self._by_user: Mapping[UUID, list[int]] = {}
        self._counted = 0
        self._due = self._not_before = float("-inf")

    def forget(self) -> None:
        """What waits is not what was counted."""
        self._due = self._not_before

    async def of(self, user_id: UUID) -> Places:
        """Where a user's items stand."""
        if self._clock() >= self._due:
            await self._count()
        return self._by_user.get(user_id, []), self._counted

    async def _count(self) -> None:
        self._due = self._clock() + LIFETIME
        async with self._database.as_service() as connection:
            begun = self._clock()  # not before: waiting for a connection is no counting
            rows = await connection.fetch(self._sql, MAX_COUNTED)
        self._by_user = {row["user_id"]: row["places"] for row in rows}
        self._counted = sum(map(len, self._by_user.values()))
        self._not_before = begun + SHARE * (self._clock() - begun)
        self._due = max(self._due, self._not_before)
