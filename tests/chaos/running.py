"""Running cells: a platform, items submitted, a fault while they are worked on, and a judgement of what is found."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import httpx
import pytest

from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.process.database import POSTGRES_UNAVAILABLE
from scribe.local.errors import LocalError
from tests.chaos.cell import Cell, Outcome
from tests.chaos.chaos import Chaos, Submission
from tests.chaos.checker import Findings, judge
from tests.chaos.findings import findings
from tests.chaos.setup.rig import Target, running_rig
from tests.chaos.table import NotRun
from tests.support.campaign import RESEARCH_TEMPLATE, Campaign

PER_USER, MIN_USERS = 50, 2
SERVERS_AWAY = (*POSTGRES_UNAVAILABLE, *NATS_UNAVAILABLE, httpx.HTTPError)


@dataclass
class Bench:
    """A running system that cells are tried on, one after the other. `prepare` makes a submission of so many items."""

    target: Target
    prepare: Callable[[int], Submission]
    seed: int
    known: set[str] = field(default_factory=set)
    last: Outcome | None = None

    def serves(self, cell: Cell) -> bool:
        """Whether a cell can be tried on it after the last one."""
        return self.last is None or (not self.last.breaches and self.last.cell.shares_platform(cell))

    async def begin(self, cell: Cell, items: int) -> Chaos:
        """Submit the items of a cell."""
        chosen = random.Random(self.seed)  # noqa: S311 - which process is killed
        chaos = Chaos(self.target, self.prepare(items), chosen, known=frozenset(self.known))
        chaos.paid_before = await chaos.paid()
        await (cell.submit(chaos, items) if cell.submit else chaos.submission.submit())
        return chaos

    async def run(self, cell: Cell, items: int, timeout: float) -> Outcome:
        """Do to the system what the cell says, and judge what is found `timeout` seconds later at most."""
        chaos = await self.begin(cell, items)
        await cell.fault(chaos)
        ended = time.monotonic()
        found = await until_ended(chaos, timeout)
        self.known |= chaos.accepted | set(found.items)
        self.last = Outcome(cell, judge(found), time.monotonic() - ended, chaos.kills, tuple(chaos.wrong))
        return self.last


OpenBench = Callable[[Cell, int], AbstractAsyncContextManager[Bench]]


@asynccontextmanager
async def running_bench(cell: Cell, seed: int) -> AsyncIterator[Bench]:
    """A platform as the cell wants it; its users write about research, so that every step has work."""
    async with running_rig(cell.parts, cell.settings, cell.replicas) as rig:
        numbers = count()

        def prepare(items: int) -> Campaign:
            users = max(MIN_USERS, items // PER_USER)
            return Campaign(rig.platform, users, items // users, RESEARCH_TEMPLATE, numbers)

        yield Bench(rig, prepare, seed)


async def outcomes(
    cells: Iterable[Cell], items: int, seed: int, timeout: float, open_bench: OpenBench = running_bench
) -> AsyncIterator[Outcome | NotRun]:
    """The cells one after the other; those whose platforms are alike share one, unless a promise was broken on it."""
    bench: Bench | None = None
    async with AsyncExitStack() as stack:
        for cell in cells:
            try:
                if bench is None or not bench.serves(cell):
                    await stack.aclose()
                    bench = await stack.enter_async_context(open_bench(cell, seed))
                outcome: Outcome | NotRun = await bench.run(cell, items, timeout)
            except pytest.skip.Exception as lacks:
                bench, outcome = None, NotRun(cell, str(lacks))
            except (AssertionError, LocalError, *SERVERS_AWAY) as failed:
                bench, outcome = None, NotRun(cell, str(failed) or type(failed).__name__, ("its end was not reached",))
            yield outcome


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
