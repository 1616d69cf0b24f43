"""`make bench ONLY=campaign`: research e-mails to many people at once, as far as arXiv is concerned.

A real PostgreSQL and nats-server, the gateway and three arxiv workers as processes of their own, and a stand-in for
arXiv that answers 429 to whoever asks too soon. The other steps are played: they take the seconds of `SECONDS`. One
user may have 128 items in flight, so that arXiv is what is measured. A second user submits one general e-mail, alone
and in the middle of each campaign. CAMPAIGN=1000 measures so many people after the first hundred.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import asyncpg
import structlog

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.load import connected
from benchmarks.researchers import publish, researchers
from benchmarks.system import Server, User, empty_system, gateway_process, is_ready, sign_up
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.consumer import Consumer, PullOptions
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.ensuring import ensure_consumer
from scribe.common.messaging.provision import ProvisionSettings, provision
from scribe.common.messaging.publisher import Publisher
from scribe.common.messaging.streams import step_consumer
from scribe.common.tasks.data import ParsedTemplate, PipelineData, TemplateType, decode
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.fakes.controls import Call
from scribe.fakes.server import Fakes
from scribe.local.ports import free_port

PODS = 3
CONCURRENCY = 256
SECONDS = {Step.PARSER: 2.0, Step.SCRAPER: 4.0, Step.COMPOSER: 4.0}
RESEARCH = "Dear {{name}},\n\nI read your paper {{paper}}.\n\nKind regards"
GENERAL = "Dear {{name}},\n\nI read that {{detail}}.\n\nKind regards"
POLL = 0.1
SIZES = (100, 1000)
INTERVAL = 3.0
"""Seconds between two requests: arXiv's rule."""
LATENCY = 1.0
"""Seconds that an answer of arXiv takes."""


@dataclass(frozen=True)
class Played:
    """The steps beside arxiv: each waits as long as the real one takes, and passes its task on."""

    broker: Broker
    database: asyncpg.Pool
    publisher: Publisher

    async def handle(self, delivery: Delivery) -> None:
        """One step of one task."""
        step, data = ROUTE.named(delivery.subject.step), decode(delivery.body)
        working = asyncio.create_task(asyncio.sleep(SECONDS[step]))
        await working
        if step is Step.PARSER:
            kind = TemplateType.RESEARCH if "paper" in data.email_template else TemplateType.GENERAL
            data = data.model_copy(update={"parsed": ParsedTemplate(template_type=kind, search_terms=("a",))})
        if step is Step.COMPOSER:
            data = data.model_copy(update={"email_id": await self._write(data)})
        following, data = ROUTE.advance(step, data)
        state = State.DONE if following is Step.DONE else State.QUEUED
        await self.publisher.transition(data, progress_of(data, state, following, datetime.now(UTC)))
        await delivery.ack()

    async def _write(self, data: PipelineData) -> UUID:
        metadata = json.dumps({"generation_time": 1.0, "papers": len(data.papers or ())})
        written: UUID = await self.database.fetchval(
            "INSERT INTO emails (task_id, user_id, recipient_name, recipient_interest, email_message, template_type,"
            " metadata, is_confident) VALUES ($1, $2, $3, $4, 'Dear', $5, $6, true) RETURNING id",
            *(data.task_id, data.user_id, data.recipient_name, data.recipient_interest),
            *(data.parsed.template_type if data.parsed else "general", metadata),
        )
        return written


@asynccontextmanager
async def playing(broker: Broker, database: asyncpg.Pool) -> AsyncIterator[None]:
    """Parser, scraper and composer, while the block runs."""
    played = Played(broker, database, Publisher(broker))
    async with asyncio.TaskGroup() as tasks:
        consumers = [_consumer(broker, step, played) for step in SECONDS]
        running = [tasks.create_task(consumer.run()) for consumer in consumers]
        yield
        for task in running:
            task.cancel()


def _consumer(broker: Broker, step: Step, played: Played) -> Consumer:
    return Consumer(
        broker,
        PullOptions(stream="PIPELINE", durable=step, concurrency=CONCURRENCY),
        played.handle,
        ensure=lambda: ensure_consumer(broker.js, "PIPELINE", step_consumer(step, CONCURRENCY)),
        log=structlog.get_logger(),
    )


@asynccontextmanager
async def arxiv_worker(nats: str, world: Fakes, interval: float) -> AsyncIterator[None]:
    """One pod."""
    port = free_port()
    own = {"SCRIBE_NATS_URL": nats, "SCRIBE_HOST": "127.0.0.1", "SCRIBE_PORT": str(port)}
    arxiv = {"SCRIBE_ARXIV_URL": world.arxiv_url, "SCRIBE_ARXIV_INTERVAL": str(interval)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scribe.arxiv"), env={**os.environ, **own, **arxiv}, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        while not await is_ready(port):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.2)
        yield
    finally:
        process.terminate()
        await process.wait()


async def submit(gateway: Server, user: User, names: list[str], interest: str, template: str) -> list[str]:
    """One item for each; gives their ids."""
    ids: list[str] = []
    async with connected(gateway.port) as api:
        for first in range(0, len(names), 100):
            items = [{"recipient_name": name, "recipient_interest": interest} for name in names[first : first + 100]]
            body = {"items": items, "email_template": template}
            answer = await api.request("POST", "/api/queue/batch", user.headers, body)
            assert answer.status == 201, answer.body
            ids += answer.json()["queue_item_ids"]
    return ids


async def written(database: asyncpg.Pool, ids: list[str]) -> tuple[int, int]:
    """How many of these tasks have their e-mail, and how many with papers."""
    row = await database.fetchrow(
        "SELECT count(*), count(*) FILTER (WHERE (metadata ->> 'papers')::int > 0) FROM emails"
        " WHERE task_id = ANY ($1::uuid[])",
        ids,
    )
    assert row is not None
    return row[0], row[1]


async def seconds_until_written(database: asyncpg.Pool, ids: list[str]) -> float:
    """How long these take from now."""
    start = time.perf_counter()
    while (await written(database, ids))[0] < len(ids):  # noqa: ASYNC110 - PostgreSQL tells nobody
        await asyncio.sleep(POLL)
    return time.perf_counter() - start


async def somebody_else(gateway: Server, user: User, database: asyncpg.Pool, number: int) -> float:
    """The seconds of one general e-mail of another user."""
    ids = await submit(gateway, user, [f"Otto Other{'abcdefgh'[number]}"], "small ports", GENERAL)
    return await seconds_until_written(database, ids)


async def campaign(
    gateway: Server, users: tuple[User, User], database: asyncpg.Pool, world: Fakes, sizes: Sequence[int]
) -> Results:
    """Each size, cold and then warm: the same people, another interest."""
    found = {"campaign.alone_s": await somebody_else(gateway, users[1], database, 0)}
    people = researchers(sum(sizes))
    publish(world, people)
    for number, size in enumerate(sizes):
        names, people = people[:size], people[size:]
        for state, interest in (("", "quantum fluids"), ("warm_", "confined geometries")):
            world.controls.calls.clear()
            start = time.perf_counter()
            ids = await submit(gateway, users[0], names, interest, RESEARCH)
            waiting = asyncio.create_task(seconds_until_written(database, ids))
            await asyncio.sleep(min(8.0, size / 20))
            beside = await somebody_else(gateway, users[1], database, 2 * number + bool(state) + 1)
            await waiting
            key = f"campaign.{state}researchers_{size}"
            found |= {f"{key}_s": time.perf_counter() - start, f"{key}_somebody_else_s": beside}
            found[f"{key}_with_papers"] = (await written(database, ids))[1]
            found |= {f"{key}_{name}": value for name, value in _asked(world.controls.calls_to("/arxiv/"), size)}
    return found


def _asked(calls: list[Call], size: int) -> Iterator[tuple[str, float]]:
    """What arXiv has seen. The least distance is that between two arrivals."""
    arrivals = sorted(call.at for call in calls)
    yield "requests", len(calls)
    yield "refused", sum(call.status == 429 for call in calls)
    if arrivals:
        yield "lookups_per_minute", size / (arrivals[-1] - arrivals[0] + LATENCY) * 60
    if len(arrivals) > 1:
        yield "least_distance_s", min(later - earlier for earlier, later in pairwise(arrivals))


async def measure() -> Results:
    """All sizes up to that of CAMPAIGN."""
    largest = int(os.environ.get("CAMPAIGN") or SIZES[0])
    async with AsyncExitStack() as stack:
        url, nats, world = await stack.enter_async_context(empty_system())
        world.controls.add(path="/arxiv/", rate=(1, INTERVAL * 0.99))
        settings = ProvisionSettings(nats_url=nats)
        broker = await stack.enter_async_context(connect(settings, "campaign", structlog.get_logger()))
        await provision(broker, settings)
        database = await stack.enter_async_context(asyncpg.create_pool(url, min_size=1, max_size=4))
        gateway = await stack.enter_async_context(gateway_process(url, nats, world, SCRIBE_IN_FLIGHT_PER_USER="128"))
        users = (await sign_up(gateway, world, "campaign"), await sign_up(gateway, world, "other"))
        for _ in range(PODS):
            await stack.enter_async_context(arxiv_worker(nats, world, INTERVAL))
        world.controls.add(path="/arxiv/", latency=LATENCY)
        await stack.enter_async_context(playing(broker, database))
        return await campaign(gateway, users, database, world, [size for size in SIZES if size <= largest])


def _row(size: int, state: str) -> tuple[str | Figure, ...]:
    key = f"campaign.{state}researchers_{size}"
    whole = [Figure(f"{key}_{name}", "{:.0f}") for name in ("requests", "refused", "lookups_per_minute", "with_papers")]
    times = [Figure(f"{key}{name}_s", "{:.1f} s") for name in ("_least_distance", "", "_somebody_else")]
    return str(size), "warm" if state else "cold", *whole, *times


TABLE = Table(
    (
        *("researchers", "cache", "requests", "refused", "lookups a minute", "with papers", "least distance"),
        *("all e-mails", "another user's e-mail meanwhile"),
    ),
    tuple(_row(size, state) for size in SIZES for state in ("", "warm_")),
)
BENCHMARK = Benchmark("campaign", measure, TABLE, is_long=True)
