"""Running cells: a platform, items submitted, a fault while they are worked on, and a judgement of what is found."""

import asyncio
import random
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import pytest

from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.process.database import POSTGRES_UNAVAILABLE
from scribe.local.errors import LocalError
from tests.chaos.cell import Cell
from tests.chaos.chaos import Chaos, Submission
from tests.chaos.checker import Findings, judge
from tests.chaos.crowd import Crowd
from tests.chaos.findings import findings
from tests.chaos.row import Row, row_of
from tests.chaos.setup.proxies import Proxies
from tests.chaos.setup.rig import Target, running_rig
from tests.chaos.traces import is_alive
from tests.support.waiting import eventually

PER_USER, MIN_USERS = 50, 2
GRACE = 30.0
"""Seconds that a process may take to end when nothing is left to do."""
LOGS = Path(__file__).resolve().parents[2] / ".chaos" / "logs"
SERVERS_AWAY = (*POSTGRES_UNAVAILABLE, *NATS_UNAVAILABLE, httpx.HTTPError)


@dataclass
class Bench:
    """A running system that cells are tried on, one after the other.

    `prepare` makes the submission of a cell of so many items; `restore` takes back what a fault has left in force. It
    is not sound while the `last` cell runs, and after it has broken a promise.
    """

    target: Target
    prepare: Callable[[Cell, int], Submission]
    seed: int
    restore: Callable[[], None] = lambda: None
    known: set[str] = field(default_factory=set)
    is_sound: bool = True
    last: str = ""

    async def begin(self, cell: Cell, items: int) -> Chaos:
        """Submit the items of a cell, once what the cell before has killed runs again."""
        self.restore()
        await eventually(self.target.is_ready)
        chosen = random.Random(self.seed)  # noqa: S311 - which process is killed
        chaos = Chaos(self.target, self.prepare(cell, items), chosen, known=frozenset(self.known))
        chaos.before = await chaos.answers()
        await (cell.submit(chaos, items) if cell.submit else chaos.submission.submit())
        return chaos

    async def run(self, cell: Cell, items: int, timeout: float) -> Row:
        """Do to the system what the cell says, and judge what is found `timeout` seconds later at most."""
        self.is_sound, self.last = False, cell.name
        phases = Phases()
        chaos = await self.begin(cell, items)
        phases.end("submitting")
        await cell.fault(chaos)
        phases.end("the fault")
        found = await until_ended(chaos, timeout)
        phases.end("recovery")
        await until_gone(chaos)
        chaos.polling.close()
        phases.end("the ends of processes")
        self.known |= chaos.accepted | set(found.items)
        row = row_of(cell, judge(found), chaos.traces, tuple(chaos.wrong), phases.seconds)
        self.is_sound = not row.breaches
        return row


@dataclass
class Phases:
    """How many seconds each part of a cell took."""

    seconds: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.monotonic)

    def end(self, name: str) -> None:
        """A part has ended, and the next begins."""
        now = time.monotonic()
        self.seconds[name] = now - self._last
        self._last = now


OpenBench = Callable[[Cell, int], AbstractAsyncContextManager[Bench]]


@asynccontextmanager
async def running_bench(cell: Cell, seed: int) -> AsyncIterator[Bench]:
    """A platform as the cell wants it."""
    async with running_rig(cell.parts, cell.settings, cell.replicas) as rig:
        numbers = count()

        def prepare(cell: Cell, items: int) -> Crowd:
            users = max(MIN_USERS, items // PER_USER)
            return Crowd(rig.platform, users, items // users, numbers=numbers, is_full=cell.is_full)

        def restore() -> None:
            for part in rig.parts:
                if isinstance(part, Proxies):
                    part.restore()

        bench = Bench(rig, prepare, seed, restore)
        try:
            yield bench
        finally:
            if not bench.is_sound:
                keep_logs(rig.platform.folder.logs, bench.last)


def keep_logs(logs: Path, cell: str) -> None:
    """What the processes of a platform said on which a promise was broken; those of the run before are replaced."""
    kept = LOGS / "".join(letter if letter.isalnum() else "-" for letter in cell)
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(logs, kept)


async def rows(
    cells: Iterable[Cell], items: int, seed: int, timeout: float, open_bench: OpenBench = running_bench
) -> AsyncIterator[Row]:
    """The cells one after the other on one platform, or on a new one after a promise was broken."""
    bench: Bench | None = None
    async with AsyncExitStack() as stack:
        for cell in cells:
            started = time.monotonic()
            try:
                if bench is None or not bench.is_sound:
                    await stack.aclose()
                    bench = await stack.enter_async_context(open_bench(cell, seed))
                row = await bench.run(cell, items, timeout)
            except (pytest.skip.Exception, pytest.fail.Exception) as lacks:
                row = Row(name=cell.name, not_run=str(lacks))
            except (AssertionError, LocalError, *SERVERS_AWAY) as failed:
                reason = str(failed) or type(failed).__name__
                row = Row(name=cell.name, not_run=reason, breaches=("its end was not reached",))
            yield row.model_copy(update={"seconds": time.monotonic() - started})


async def until_gone(chaos: Chaos) -> None:
    """Wait for the processes that were told to end, which may take until what they work on is over."""
    with suppress(AssertionError):
        await eventually(lambda: not any(map(is_alive, chaos.traces.ended)), timeout=GRACE)


async def until_ended(chaos: Chaos, timeout: float) -> Findings:
    """What is found when every item has ended, or after so many seconds."""
    deadline = time.monotonic() + timeout
    while True:
        is_over = time.monotonic() > deadline
        try:
            if is_over or await chaos.under_way(chaos.accepted) == 0:
                return await findings(chaos)
        except SERVERS_AWAY:
            if is_over:
                raise
        await asyncio.sleep(0.5)
