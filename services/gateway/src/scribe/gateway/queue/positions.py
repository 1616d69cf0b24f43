"""An item's place in the queue: the relay takes users in turn, so it is not simply the number of older items."""

import time
from collections.abc import Callable, Mapping
from uuid import UUID

from scribe.common.database import load_queries
from scribe.gateway.database import Database

LIFETIME = 1.0


class Positions:
    """Places by turns. How much everybody has waiting is counted at most once a second."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._sql = load_queries(__package__)["pending_counts"]
        self._counts: Mapping[UUID, int] = {}
        self._counted = float("-inf")

    async def of_users_items(self, user_id: UUID, count: int) -> list[int]:
        """The places of the user's `count` waiting items, in their order."""
        if count == 0:
            return []
        if self._clock() - self._counted >= LIFETIME:
            async with self._database.as_service() as connection:
                rows = await connection.fetch(self._sql)
            self._counts = {row["user_id"]: row["waiting"] for row in rows}
            self._counted = self._clock()
        others = [waiting for other, waiting in self._counts.items() if other != user_id]
        return [place_in_turn(nth, others) for nth in range(1, count + 1)]


def place_in_turn(nth: int, others: list[int]) -> int:
    """The place of a user's `nth` item (from 1) when every other user, with so many waiting, has a turn between."""
    return nth + sum(min(waiting, nth - 1) for waiting in others)
