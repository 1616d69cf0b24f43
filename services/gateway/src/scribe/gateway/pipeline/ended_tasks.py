"""What ended tasks leave in NATS: their messages go at once, what they have paid for a while later.

A consumer that was deleted, or a server that was restored, delivers what was acknowledged; a step that is done again
finds what it has paid for also where its task ends meanwhile. What a gateway that stops has not forgotten, the bucket
does after its `max_age`.
"""

import asyncio
import time
from collections.abc import Iterable
from typing import NamedTuple, TypeVar
from uuid import UUID

from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.observability.logs import Logger
from scribe.common.process.concurrency import map_concurrently
from scribe.common.tasks.route import ROUTE, Route
from scribe.gateway.pipeline.purging import purge_answers, purge_runs

K = TypeVar("K")
V = TypeVar("V")

MAX_UNPURGED = 4096
"""Tasks that are still to be purged; what is left of those that are dropped ages out of its stream."""
MAX_KEPT = 512
"""Tasks whose answers are kept: they must leave room in the bucket for those that are under way."""
INTERVAL = 1.0
PURGED_AT_ONCE = 256


class EndedTask(NamedTuple):
    """Its last run, and the run with which its user's last request began; None where it was deleted."""

    id: UUID
    run: int | None
    request: int | None


class EndedTasks:
    """Purges messages when it is told of an end, and paid answers `answers_kept` seconds later."""

    def __init__(self, broker: Broker, log: Logger, answers_kept: float, route: Route = ROUTE) -> None:
        self._broker = broker
        self._log = log
        self._answers_kept = answers_kept
        self._route = route
        self._unpurged: dict[UUID, EndedTask] = {}
        self._kept_until: dict[tuple[UUID, int], float] = {}

    async def run(self) -> None:
        """Forget the answers that are due, until cancelled; what NATS does not answer for is tried again."""
        while True:
            await asyncio.sleep(INTERVAL)
            try:
                await self._forget()
            except NATS_UNAVAILABLE as error:
                self._log.warning("projector_tidies_later", error_class=type(error).__name__)

    async def purge(self, ended: Iterable[EndedTask]) -> None:
        """Purge these tasks' messages, and those that NATS has not answered for before.

        Raises:
            nats.errors.Error, APIError: NATS is away.
        """
        self._unpurged.update({task.id: task for task in ended})
        _drop_oldest(self._unpurged)
        await map_concurrently(self._purge, list(self._unpurged.values()), limit=PURGED_AT_ONCE)

    async def _purge(self, task: EndedTask) -> None:
        """A task's messages first: one that a restarted server delivers again still finds what was paid for."""
        await purge_runs(self._broker.js, task.id, task.run, self._route)
        if task.request is None:  # deleted, and its worker has stopped
            await purge_answers(self._broker.js, task.id)
        else:
            self._kept_until.setdefault((task.id, task.request), time.monotonic() + self._answers_kept)
        self._unpurged.pop(task.id, None)

    async def _forget(self) -> None:
        _drop_oldest(self._kept_until)
        now, surplus = time.monotonic(), len(self._kept_until) - MAX_KEPT
        kept = enumerate(self._kept_until.items())
        due = [of for number, (of, until) in kept if until <= now or number < surplus]
        await map_concurrently(self._forget_answers, due, limit=PURGED_AT_ONCE)

    async def _forget_answers(self, of: tuple[UUID, int]) -> None:
        task_id, request = of
        await purge_answers(self._broker.js, task_id, request)
        del self._kept_until[of]


def _drop_oldest(waiting: dict[K, V]) -> None:
    for oldest in list(waiting)[:-MAX_UNPURGED]:
        del waiting[oldest]
