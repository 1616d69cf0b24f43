"""How often a user may do something, over all replicas (GCRA, one row per user and limit)."""

import math
from dataclasses import dataclass
from uuid import UUID

from fastapi import Response

from scribe.common.process.database import load_queries
from scribe.gateway.database import Connection, Database
from scribe.gateway.problems import TooManyRequests

SQL = load_queries(__package__)


@dataclass(frozen=True)
class Limit:
    """At most `calls` within `window` seconds, in bursts or evenly spread. `refusal` is the sentence of the 429."""

    name: str
    calls: int
    window: int
    refusal: str = "You have done this too often in a short time. Please wait a little."

    @property
    def policy(self) -> str:
        """The `RateLimit-Policy` header (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.name}";q={self.calls};w={self.window}'

    def state(self, used: float) -> str:
        """The `RateLimit` header when `used` seconds of the window are used up."""
        remaining = max(0, math.floor((self.window - used) * self.calls / self.window + 1e-6))
        return f'"{self.name}";r={remaining};t={max(0, math.ceil(used))}'


async def spend(connection: Connection, user_id: UUID, limit: Limit, response: Response) -> None:
    """Count one call, in the caller's transaction, and add the `RateLimit` headers to the response.

    Raises:
        TooManyRequests: nothing is left; `Retry-After` says when one call will be possible.
    """
    row = await connection.fetchrow(SQL["take"], user_id, limit.name, limit.calls, limit.window)
    used = row["used"] if row else await connection.fetchval(SQL["used"], user_id, limit.name)
    headers = {"RateLimit-Policy": limit.policy, "RateLimit": limit.state(used)}
    if row is None:
        wait = used + limit.window / limit.calls - limit.window
        raise TooManyRequests(limit.refusal, wait, headers)
    response.headers.update(headers)


async def give_back(database: Database, user_id: UUID, limit: Limit) -> None:
    """Uncount one call that came to nothing through no work of ours."""
    async with database.as_user(user_id) as connection:
        await connection.execute(SQL["give_back"], user_id, limit.name, limit.calls, limit.window)
