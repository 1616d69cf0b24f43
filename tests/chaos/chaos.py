"""What a fault has at hand: the processes, the servers, the stand-ins, and how far the work has come."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

import asyncpg
import httpx

from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.process.database import POSTGRES_UNAVAILABLE
from scribe.common.tasks.route import ROUTE
from scribe.local.platform import Platform
from scribe.local.processes import Child
from tests.chaos.answers import Answers
from tests.chaos.frames import Rule
from tests.chaos.polling import Polling, connect
from tests.chaos.setup.rig import Rig, Target
from tests.chaos.traces import Traces, family, state_of
from tests.support.campaign import Campaign, bearer

WORKERS = tuple(str(step) for step in ROUTE)
TWO_OF_EACH = dict.fromkeys(("gateway", *WORKERS), 2)
PATIENCE = 600.0
"""Seconds that a fault waits for its moment."""
INTERVAL = 0.5
FEW = 10
NAMES = "SELECT id::text, recipient_name FROM queue_items WHERE id = ANY ($1::uuid[])"

Condition = Callable[[], bool | Awaitable[bool]]


class Submission(Protocol):
    """Items that are submitted."""

    @property
    def accepted(self) -> set[str]:
        """Their ids, as the system has answered."""

    async def submit(self) -> None:
        """All of them."""


@dataclass
class Chaos:
    """It notes what it does, the items that it takes away, and what is wrong that the checker cannot see.

    `before` is what the stand-ins had answered before the cell; `known` are the items of earlier cells.
    """

    target: Target
    submission: Submission
    random: random.Random
    before: Answers = field(default_factory=Answers)
    known: frozenset[str] = frozenset()
    traces: Traces = field(default_factory=Traces)
    deleted: set[str] = field(default_factory=set)
    few: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    polling: Polling = field(init=False)

    def __post_init__(self) -> None:
        """Nothing is connected yet."""
        self.polling = Polling(self.target.database_url)

    @property
    def rig(self) -> Rig:
        """The platform and its parts, for faults that only this system knows."""
        assert isinstance(self.target, Rig)
        return self.target

    @property
    def platform(self) -> Platform:
        """The processes and servers."""
        return self.rig.platform

    @property
    def campaign(self) -> Campaign:
        """The users and what they have submitted over REST."""
        assert isinstance(self.submission, Campaign)
        return self.submission

    @property
    def accepted(self) -> set[str]:
        """The items that were taken."""
        return self.submission.accepted

    def child(self, name: str) -> Child:
        """The process of a service, `nats-server` or `PostgreSQL`."""
        return self.target.child(name)

    def kill(self, name: str) -> bool:
        """End a process as a machine that fails does; its supervisor starts it again. False: it was killed before."""
        is_new = self._end(name, signal.SIGKILL)
        if is_new:
            self.traces.interrupt(name)
        return is_new

    def restart(self, name: str) -> None:
        """Ask a process to end, as a deployment does; its supervisor starts it again."""
        self._end(name, signal.SIGTERM)

    def _end(self, name: str, number: signal.Signals) -> bool:
        """Whether there was a process that had not been ended before."""
        child = self.child(name)
        if child.pid is None or child.pid in self.traces.ended:
            return False
        self.traces.ended.add(child.pid)
        self.traces.note(f"{name.rstrip('-0123456789')}: {number.name}")
        child.send(number)
        return True

    async def freeze(self, names: Sequence[str], seconds: float) -> None:
        """Stop processes without ending them: to everybody else they are half-open connections."""
        frozen = [pid for name in names if (child := self.child(name)).pid for pid in family(child.pid)]
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        for name in names:
            self.traces.interrupt(name)
        try:
            await self.lasting(seconds)
            self.traces.note("processes stopped", sum(state_of(pid) == "T" for pid in frozen))
        finally:
            for pid in frozen:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    async def lasting(self, seconds: float) -> None:
        """The length of a fault, where time and nothing else makes it what it is."""
        await asyncio.sleep(seconds)

    async def submit_a_few(self) -> None:
        """More items of another user, where the system has users: what a fault of a first step would else not meet."""
        if isinstance(self.submission, Campaign):
            await self.campaign.submit_of_another(FEW)

    async def until(self, share: float) -> None:
        """Wait until so large a share of the items has ended, or was taken away."""
        remaining = len(self.accepted) - int(share * len(self.accepted))

        async def have_ended() -> bool:
            return await self.under_way(self.accepted) <= remaining

        await self.when(have_ended, f"all but {remaining} items ended")

    async def when_spent(self, rules: Sequence[Rule], what: str) -> None:
        """Wait until everything has happened that the rules wait for."""
        await self.when_worked(lambda: all(rule.is_spent for rule in rules), what)

    async def when_worked(self, condition: Callable[[], bool], what: str) -> None:
        """Wait for what happens only while there is work; while nothing is under way, more is submitted."""

        async def holds() -> bool:
            if condition():
                return True
            if await self.under_way(self.accepted) == 0:
                await self.campaign.submit_of_another(self.campaign.each)
            return False

        await self.when(holds, what)

    async def when(self, condition: Condition, what: str, *, patience: float = PATIENCE) -> None:
        """Wait until a condition holds; servers that are away meanwhile are waited for.

        Raises:
            AssertionError: it never did, so that what was to be tried was not.
        """
        end = time.monotonic() + patience
        while not await self._holds(condition):
            if time.monotonic() > end:
                raise AssertionError(f"not within {patience:g} s: {what}")
            await asyncio.sleep(INTERVAL)

    async def _holds(self, condition: Condition) -> bool:
        try:
            found = condition()
            return found if isinstance(found, bool) else await found
        except (*POSTGRES_UNAVAILABLE, *NATS_UNAVAILABLE, httpx.HTTPError):
            return False

    async def under_way(self, items: Collection[str]) -> int:
        """How many of the items are there and have not ended."""
        return len((await self.polling.under_way()).intersection(items))

    async def owners(self) -> dict[str, str]:
        """The token of each item's user."""
        async with self.campaign.client() as client:
            owners: dict[str, str] = {}
            for token in self.campaign.tokens:
                items = (await client.get("/api/queue/", headers=bearer(token))).raise_for_status().json()
                owners |= {item["id"]: token for item in items}
        return owners

    async def submit_doomed(self, count: int) -> dict[str, str]:
        """Items of one more user, with their recipients' names, for what is done to these alone."""
        before = set(self.accepted)
        await self.campaign.submit_of_another(count)
        async with self.database() as connection:
            rows = await connection.fetch(NAMES, list(self.accepted - before))
        return {row["id"]: row["recipient_name"] for row in rows}

    @asynccontextmanager
    async def database(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection as the superuser."""
        connection = await connect(self.target.database_url)
        try:
            yield connection
        finally:
            connection.terminate()

    async def execute(self, *statements: str) -> None:
        """Run statements on the database, as its superuser."""
        async with self.database() as connection:
            for statement in statements:
                await connection.execute(statement)

    def broker(self) -> AbstractAsyncContextManager[Broker]:
        """A connection to NATS as its operator."""
        return self.rig.broker()

    async def control(self, **fault: object) -> None:
        """Put a fault of the stand-ins into force."""
        await self._upstreams("POST", "/_control", fault)

    async def heal(self) -> None:
        """Take every fault of the stand-ins back, and note the calls that met one."""
        for path, calls in (await self._upstreams("DELETE", "/_faults")).json().items():
            self.traces.note(f"calls to {path.strip('/')} struck", calls)

    async def answers(self) -> Answers:
        """What the stand-ins have answered to paid requests since they started."""
        return Answers.model_validate_json((await self._upstreams("GET", "/_answered")).content)

    async def _upstreams(self, method: str, path: str, body: object = None) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            answer = await client.request(method, f"{self.target.upstreams_url}{path}", json=body)
            return answer.raise_for_status()
