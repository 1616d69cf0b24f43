"""The whole platform for a benchmark: servers, the five services as processes, and stand-ins of each step's own.

The stand-ins run in the benchmark's process, one for each step, because only so can a provider that two steps use
answer each of them in its own time.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from benchmarks.load import connected, family, family_cpu_seconds, family_pss_mib
from benchmarks.system import Server, User, gateway_process, is_ready, prepare, sign_up
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.fakes.server import Fakes, serving
from scribe.local.outside import StandInAddresses, choose, environment_for
from scribe.local.ports import free_port
from scribe.local.servers import embedded_nats, embedded_postgres

TEMPLATE = (
    "Dear {{name}},\n\nI am a student of physics. I read that {{detail}}. I also read about your work, {{topic}}.\n\n"
    "Could we talk about it in the coming weeks?\n\nKind regards,\nRobin Example"
)
USERS = 4
INTERVAL = 0.1
PATIENCE = 900.0

Waits = Mapping[Step, Mapping[str, float]]
"""For each step the seconds that a call to a path of its stand-in takes."""


@dataclass(frozen=True)
class Whole:
    """What runs. `started_in` has the seconds from the start of each service until it was ready."""

    gateway: Server
    workers: Mapping[Step, Server]
    users: tuple[User, ...]
    database: asyncpg.Pool
    started_in: Mapping[str, float]

    @property
    def services(self) -> dict[str, Server]:
        """All five by their names."""
        return {"gateway": self.gateway, **{str(step): worker for step, worker in self.workers.items()}}

    def pss_mib(self) -> dict[str, float]:
        """Memory of each service with its children, MiB."""
        return {name: family_pss_mib(family(server.pid)) for name, server in self.services.items()}

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time of each service so far."""
        return {name: family_cpu_seconds(family(server.pid)) for name, server in self.services.items()}

    async def submit(self, count: int) -> None:
        """As many e-mails, by the users in turn; none of them needs a browser."""
        for user in self.users:
            mine = range(self.users.index(user), count, len(self.users))
            people = [_person(number) for number in mine]
            async with connected(self.gateway.port) as api:
                for first in range(0, len(people), 100):
                    body = {"items": people[first : first + 100], "email_template": TEMPLATE}
                    answer = await api.request("POST", "/api/queue/batch", user.headers, body)
                    assert answer.status == 201, answer.body

    async def submit_at(self, per_second: float, count: int) -> None:
        """As many e-mails, one by one at a fixed rate."""
        start = time.perf_counter()
        async with connected(self.gateway.port) as api:
            for number in range(count):
                await asyncio.sleep(max(0.0, start + number / per_second - time.perf_counter()))
                body = {**_person(number), "email_template": TEMPLATE}
                user = self.users[number % len(self.users)]
                answer = await api.request("POST", "/api/email/generate", user.headers, body)
                assert answer.status == 202, answer.body

    async def until_ended(self, count: int) -> None:
        """Return when so many tasks have their e-mail; one that failed ends the benchmark."""
        async with asyncio.timeout(PATIENCE):
            while True:
                rows = await self.database.fetch("SELECT status::text, count(*) FROM queue_items GROUP BY status")
                found = {row["status"]: row["count"] for row in rows}
                assert not found.get("failed"), "a task has failed"
                if found.get("completed", 0) >= count:
                    return
                await asyncio.sleep(INTERVAL)


def _person(number: int) -> dict[str, str]:
    return {"recipient_name": f"Ada Example{_letters(number)}", "recipient_interest": "quantum fluids"}


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


@asynccontextmanager
async def whole_platform(waits: Waits, **settings: str) -> AsyncIterator[Whole]:
    """Everything, ready, with its default settings; `settings` are for all services."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = await stack.enter_async_context(embedded_postgres(folder / "postgres"))
        nats = await stack.enter_async_context(embedded_nats(folder / "nats"))
        await prepare(postgres.url)
        worlds = {step: await stack.enter_async_context(serving()) for step in ROUTE}
        for step, world in worlds.items():
            for path, seconds in waits.get(step, {}).items():
                world.controls.add(path=path, latency=seconds)
        start = time.perf_counter()
        issuer = worlds[ROUTE.first]
        gateway = await stack.enter_async_context(gateway_process(postgres.url, nats.url, issuer, **settings))
        started_in, workers = {"gateway": time.perf_counter() - start}, {}
        for step, world in worlds.items():
            start = time.perf_counter()
            workers[step] = await stack.enter_async_context(
                worker_process(step, postgres.url, nats.url, world, **settings)
            )
            started_in[step] = time.perf_counter() - start
        users = tuple([await sign_up(gateway, issuer, f"user{number}") for number in range(USERS)])
        database = await stack.enter_async_context(asyncpg.create_pool(postgres.url, min_size=1, max_size=2))
        yield Whole(gateway, workers, users, database, started_in)


@asynccontextmanager
async def worker_process(step: Step, database: str, nats: str, world: Fakes, **settings: str) -> AsyncIterator[Server]:
    """`python -m scribe.<step>`, ready."""
    port = free_port()
    outside = environment_for(choose({}), StandInAddresses.model_validate(world.addresses()), {})
    own = {"SCRIBE_DATABASE_URL": database, "SCRIBE_NATS_URL": nats, "SCRIBE_HOST": "127.0.0.1"}
    environment = {**os.environ, **outside, **own, "SCRIBE_PORT": str(port), **settings}
    command = (sys.executable, "-m", step.module)
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.DEVNULL)
    try:
        while not await is_ready(port):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(INTERVAL / 4)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        await process.wait()
