"""Which steps are paused: a service that all their work needs is away, so what is queued behind waits for it too."""

import time
from collections.abc import Callable, Mapping

from scribe.common.process.database import load_queries
from scribe.common.tasks.route import Route
from scribe.gateway.database import Database

LIFETIME = 1.0
"""Seconds for which an answer of the database holds."""

Pauses = Mapping[str, str]
"""The sentence to show for each step that is paused, by its wire name; for the first step also by ''."""


class StepPauses:
    """The pauses, read at most once a second; they do not tell whose task is held."""

    def __init__(self, database: Database, route: Route, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._first = route.first.wire_name
        self._clock = clock
        self._sql = load_queries(__package__)["pauses"]
        self._pauses: Pauses = {}
        self._due = float("-inf")

    async def now(self) -> Pauses:
        """The pauses, a second old at the most."""
        if self._clock() >= self._due:
            self._due = self._clock() + LIFETIME
            async with self._database.as_service() as connection:
                found = {row["current_step"]: row["notice"] for row in await connection.fetch(self._sql)}
            self._pauses = found | ({"": found[self._first]} if self._first in found else {})
        return self._pauses
