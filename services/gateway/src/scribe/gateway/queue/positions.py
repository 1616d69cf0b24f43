"""How much everybody has waiting: the relay takes users in turn, so an item's place depends on it."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from uuid import UUID

from scribe.common.database import load_queries
from scribe.gateway.database import Database

LIFETIME = 1.0

Others = tuple[list[int], list[int]]
"""Numbers of waiting items, and how many users have so many."""


class WaitingCounts:
    """Counted at most once a second, however many tabs poll."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._sql = load_queries(__package__)["pending_counts"]
        self._by_user: Mapping[UUID, int] = {}
        self._by_number: Counter[int] = Counter()
        self._counted = float("-inf")

    async def of_others(self, user_id: UUID) -> Others:
        """What the others have waiting, without saying who."""
        if self._clock() - self._counted >= LIFETIME:
            self._counted = self._clock()
            async with self._database.as_service() as connection:
                rows = await connection.fetch(self._sql)
            self._by_user = {row["user_id"]: row["waiting"] for row in rows}
            self._by_number = Counter(self._by_user.values())
        own = self._by_user.get(user_id)
        numbers = [(waiting, users - (waiting == own)) for waiting, users in self._by_number.items()]
        return [waiting for waiting, _ in numbers], [users for _, users in numbers]
