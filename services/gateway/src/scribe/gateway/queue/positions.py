"""The place of each waiting item: how manieth the relay will take it, which depends on what everybody has waiting."""

import time
from collections.abc import Callable, Mapping
from uuid import UUID

from scribe.common.database import load_queries
from scribe.gateway.database import Database

LIFETIME = 1.0
SHARE = 20
"""Counting may take a twentieth of the time, however much waits."""

Places = tuple[list[UUID], list[int]]
"""Items of one user, and the place of each."""


class Positions:
    """Counted at most once a second, however many tabs poll; anew after a submission."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._sql = load_queries(__package__)["places"]
        self._by_user: Mapping[UUID, Places] = {}
        self._due = self._not_before = float("-inf")

    def forget(self) -> None:
        """More waits than was counted."""
        self._due = self._not_before

    async def of(self, user_id: UUID) -> Places:
        """Those of a user's waiting items that were there at the last count."""
        if self._clock() >= self._due:
            await self._count()
        return self._by_user.get(user_id, ([], []))

    async def _count(self) -> None:
        begun = self._clock()
        self._due = begun + LIFETIME
        async with self._database.as_service() as connection:
            rows = await connection.fetch(self._sql)
        self._by_user = {row["user_id"]: (row["items"], row["places"]) for row in rows}
        self._not_before = begun + SHARE * (self._clock() - begun)
        self._due = max(self._due, self._not_before)
