"""One cell: a platform of real processes, items submitted, a fault while they are worked on, and what is found."""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg
import httpx

from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker, connect
from scribe.common.process.database import POSTGRES_UNAVAILABLE
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.subject import Subject
from scribe.local.folder import ephemeral_folder
from scribe.local.platform import Platform, PlatformOptions, running_platform
from scribe.local.processes import Child
from scribe.local.reach import nats_of
from tests.chaos.checker import ENDED, Findings, Item, Verdict, judge
from tests.support.campaign import Campaign
from tests.support.logging import silent

QUICK = {
    "SCRIBE_STALE_AFTER": "20",
    "SCRIBE_RECONCILE_INTERVAL": "1",
    "SCRIBE_BATCHES_PER_MINUTE": "100000",
    "SCRIBE_ARXIV_INTERVAL": "0",
}
WORKERS = tuple(str(step) for step in ROUTE)
PER_USER = 50


@dataclass
class Chaos:
    """What a fault has at hand. It notes the processes it kills and the items it takes away."""

    platform: Platform
    campaign: Campaign
    random: random.Random
    kills: int = 0
    deleted: set[str] = field(default_factory=set)

    def child(self, name: str) -> Child:
        """The process of a service, `nats-server` or `PostgreSQL`."""
        servers = {"PostgreSQL": self.platform.postgres.child, "nats-server": self.platform.nats.child}
        child = servers.get(name) or self.platform.services[name].child
        assert child is not None
        return child

    def kill(self, name: str) -> None:
        """End a process as a machine that fails does; its supervisor starts it again."""
        self.kills += name in WORKERS
        self.child(name).send(signal.SIGKILL)

    async def freeze(self, names: tuple[str, ...], seconds: float) -> None:
        """Stop processes without ending them: to everybody else they are half-open connections."""
        frozen = [self.child(name) for name in names]
        for child in frozen:
            child.send(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            for child in frozen:
                child.send(signal.SIGCONT)

    async def until(self, share: float) -> None:
        """Wait until so large a share of the items has ended."""
        await self.campaign.until(int(share * len(self.campaign.accepted)), timeout=600)

    async def execute(self, *statements: str) -> None:
        """Run statements on the database, as its superuser."""
        connection = await asyncpg.connect(self.platform.postgres.url, timeout=10)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def control(self, **fault: object) -> None:
        """Put a fault of the stand-ins into force."""
        await self._fakes("POST", "/_control", fault)

    async def heal(self) -> None:
        """Take every fault of the stand-ins back; what they have counted stays with the checker."""
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.delete(f"{self._fakes_url}/_faults")

    async def answered(self) -> dict[str, int]:
        """How often each paid request was answered."""
        counts: dict[str, int] = await self._fakes("GET", "/_answered")
        return {name: count for name, count in counts.items() if name.startswith(("/anthropic", "/fireworks", "/exa"))}

    @asynccontextmanager
    async def broker(self) -> AsyncIterator[Broker]:
        """A connection to NATS as its operator."""
        async with connect(nats_of(self.platform.folder.path, None), "chaos", silent()) as broker:
            yield broker

    @property
    def _fakes_url(self) -> str:
        return str(self.platform.state.upstreams_url)

    async def _fakes(self, method: str, path: str, body: object = None) -> dict[str, int]:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            answer = await client.request(method, self._fakes_url + path, json=body)
            found: dict[str, int] = answer.raise_for_status().json()
            return found


Fault = Callable[[Chaos], Awaitable[None]]


@dataclass(frozen=True)
class Cell:
    """A fault, and what it may cost. `settings` are those of the platform's processes.

    `forgets`: how often a task's paid answers are forgotten in it: their memory is deleted, or its user tries it again.
    """

    name: str
    fault: Fault
    may_fail: bool = False
    forgets: int = 0
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """A row of the table; `recovery` are the seconds from the fault's end until everything had ended."""

    cell: Cell
    verdict: Verdict
    recovery: float
    kills: int

    @property
    def breaches(self) -> tuple[str, ...]:
        """What must not be."""
        return self.verdict.breaches(may_fail=self.cell.may_fail, kills=self.kills + self.cell.forgets)


@asynccontextmanager
async def chaos_platform(items: int, seed: int, settings: dict[str, str]) -> AsyncIterator[Chaos]:
    """A platform with so many items submitted, in batches of `PER_USER` at most."""
    with ephemeral_folder() as folder:
        options = PlatformOptions(environment={**os.environ, **QUICK, **settings}, port=0, durable=False)
        async with running_platform(folder, options, announce=lambda _: None) as running:
            users = max(1, items // PER_USER)
            campaign = Campaign(running, users, items // users)
            await campaign.submit()
            yield Chaos(running, campaign, random.Random(seed))  # noqa: S311 - which process is killed


async def run_cell(cell: Cell, items: int, seed: int, timeout: float) -> Outcome:
    """Do to the platform what the cell says, and judge what is found `timeout` seconds later at most."""
    async with chaos_platform(items, seed, cell.settings) as chaos:
        await cell.fault(chaos)
        ended = time.monotonic()
        found = await _until_ended(chaos, timeout)
        return Outcome(cell, judge(found), time.monotonic() - ended, chaos.kills)


async def _until_ended(chaos: Chaos, timeout: float) -> Findings:
    deadline = time.monotonic() + timeout
    while True:
        try:
            found = await findings(chaos)
        except (*POSTGRES_UNAVAILABLE, *NATS_UNAVAILABLE, httpx.HTTPError):
            if time.monotonic() > deadline:
                raise
        else:
            if all(item.status in ENDED for item in found.items.values()) or time.monotonic() > deadline:
                return found
        await asyncio.sleep(0.5)


async def findings(chaos: Chaos) -> Findings:
    """What the database, the dead letters and the stand-ins say now."""
    connection = await asyncpg.connect(chaos.platform.postgres.url, timeout=10)
    try:
        rows = await connection.fetch("SELECT id, status::text, error_message, email_id, cancelled_at FROM queue_items")
        emails = await connection.fetch("SELECT id, task_id FROM emails")
        counts = await connection.fetch(
            "SELECT generation_count, (SELECT count(*) FROM emails WHERE user_id = users.id) AS emails FROM users"
        )
    finally:
        await connection.close()
    return Findings(
        accepted=chaos.campaign.accepted,
        items={item.id: item for item in map(_item, rows)},
        emails={str(row["id"]): str(row["task_id"]) for row in emails},
        counts=[(row["generation_count"], row["emails"]) for row in counts],
        dead_letters=await _dead_letters(chaos),
        answered=await chaos.answered(),
        deleted=chaos.deleted,
    )


def _item(row: asyncpg.Record) -> Item:
    email: UUID | None = row["email_id"]
    return Item(
        str(row["id"]), row["status"], row["error_message"], str(email) if email else None, bool(row["cancelled_at"])
    )


async def _dead_letters(chaos: Chaos) -> set[str]:
    async with chaos.broker() as broker:
        info = await broker.js.stream_info("DEADLETTER", subjects_filter="deadletter.>")
    return {Subject.parse(subject).task_id for subject in info.state.subjects or ()}
