"""A copy of the bucket of cancelled tasks in memory, so that checking for a cancellation costs no round trip.

A worker has no right to create a consumer of the bucket's stream, so the entries are read one after the other by their
sequence, every few seconds; in between, the message that interrupts a worker also updates the copy. While the copy is
not current (at the start, after a reconnect, when NATS is silent) the caller has to ask the bucket itself.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from nats.js.errors import NotFoundError

from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.streams import CANCELLED, DAY

STREAM, KEYS = f"KV_{CANCELLED}", f"$KV.{CANCELLED}."
INTERVAL = 5.0
"""Seconds between two reads of the bucket, for entries whose message was lost because the gateway ended first."""
MAX_AGE = 3 * INTERVAL
"""Seconds after a read for which the copy counts as current."""
KEPT = 2 * DAY


class CancelledRuns:
    """The last cancelled run of each task. `clock` counts seconds from any point."""

    def __init__(self, broker: Broker, clock: Callable[[], float] = time.monotonic) -> None:
        self._broker = broker
        self._clock = clock
        self._runs: dict[str, tuple[int, float]] = {}
        self._sequence = 0
        self._created: datetime | None = None
        self._caught_up = float("-inf")
        self._reconnects = -1

    @property
    def is_current(self) -> bool:
        """Whether every cancellation of the past is known, but for those of a moment ago."""
        is_same_connection = self._broker.is_connected and self._reconnects == self._reconnects_so_far
        return is_same_connection and self._clock() - self._caught_up < MAX_AGE

    def last_of(self, task_id: str) -> int:
        """The last run of a task that is not to go on; 0 where there is none."""
        return self._runs.get(task_id, (0, 0.0))[0]

    def note(self, task_id: str, run: int) -> None:
        """Keep a cancellation for as long as the bucket does."""
        now = self._clock()
        run = max(run, self.last_of(task_id))
        self._runs.pop(task_id, None)
        self._runs[task_id] = (run, now)
        while (oldest := next(iter(self._runs))) != task_id and self._runs[oldest][1] < now - KEPT:
            del self._runs[oldest]

    async def follow(self) -> None:
        """Keep the memory current, until cancelled."""
        while True:
            try:
                await self.catch_up()
            except NATS_UNAVAILABLE:
                self._caught_up = float("-inf")
            try:
                # Not `wait_for`: Python 3.11's may swallow a cancellation.
                async with asyncio.timeout(INTERVAL), self._broker.reconnected:
                    await self._broker.reconnected.wait()
            except TimeoutError:
                continue

    async def catch_up(self) -> None:
        """Read what has come into the bucket since the last time; all of it, where it is not the same bucket any more.

        Raises:
            nats.errors.Error, APIError, OSError: NATS is away.
        """
        reconnects, started = self._reconnects_so_far, self._clock()
        info = await self._broker.js.stream_info(STREAM)
        if info.created != self._created or info.state.last_seq < self._sequence:
            self._created, self._sequence = info.created, 0
        while self._sequence < info.state.last_seq and await self._read_next():
            continue
        self._reconnects, self._caught_up = reconnects, started

    async def _read_next(self) -> bool:
        """Note the next entry; False if there is none, for instance because it has expired."""
        try:
            entry = await self._broker.js.get_msg(
                STREAM, seq=self._sequence + 1, subject=f"{KEYS}>", direct=True, next=True
            )
        except NotFoundError:
            return False
        self._sequence = entry.seq or self._sequence + 1
        if entry.data and entry.data.isdigit():
            self.note(str(entry.subject).removeprefix(KEYS), int(entry.data))
        return True

    @property
    def _reconnects_so_far(self) -> int:
        return int(self._broker.client.stats["reconnects"])
