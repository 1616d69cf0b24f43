"""Which users have an account, cached for half a minute, because every request asks."""

from uuid import UUID

from cachetools import TTLCache

from scribe.common.process.database import load_queries
from scribe.gateway.database import Database

LIFETIME = 30.0
MAX_REMEMBERED = 10_000


class UserCache:
    """Answers whether a user has a row. Only positive answers are cached, so that `init` takes effect at once."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._exists = load_queries(__package__)["exists"]
        self._seen: TTLCache[UUID, bool] = TTLCache(MAX_REMEMBERED, LIFETIME)

    async def knows(self, user_id: UUID) -> bool:
        """Whether `user_id` has a row in `users`."""
        if user_id in self._seen:
            return True
        async with self._database.as_user(user_id) as connection:
            found: bool = await connection.fetchval(self._exists, user_id)
        if found:
            self._seen[user_id] = True
        return found
