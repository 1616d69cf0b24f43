"""Who has an account, remembered for a moment: every request asks."""

import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import UUID

from scribe.common.database import load_queries
from scribe.gateway.database import Database

LIFETIME = 30.0
MOST_REMEMBERED = 10_000


class Directory:
    """Answers whether a user has a row. Only a yes is remembered, so that `init` works at once."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._exists = load_queries(__package__)["exists"]
        self._seen: OrderedDict[UUID, float] = OrderedDict()

    async def knows(self, user_id: UUID) -> bool:
        """Whether `user_id` has a row in `users`."""
        if self._clock() - self._seen.get(user_id, float("-inf")) < LIFETIME:
            return True
        async with self._database.as_user(user_id) as connection:
            found: bool = await connection.fetchval(self._exists, user_id)
        if found:
            self._remember(user_id)
        return found

    def _remember(self, user_id: UUID) -> None:
        self._seen[user_id] = self._clock()
        self._seen.move_to_end(user_id)
        while len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
