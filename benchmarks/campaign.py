"""`python -m benchmarks.campaign`: research e-mails to many people at once, as far as arXiv is concerned.

A real PostgreSQL and nats-server, the gateway and three arxiv workers as processes of their own, and a stand-in for
arXiv that answers 429 to whoever asks too soon. The other steps are played: they take the seconds of `SECONDS`. One
user may have 128 items in flight, so that arXiv is what is measured. A second user submits one general e-mail, alone
and in the middle of each campaign. Prints the table of README.md.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import asyncpg
import structlog

from benchmarks.load import connected
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
from scribe.fakes.arxiv_records import FakeRecord
from scribe.fakes.controls import Call
from scribe.fakes.server import Fakes
from scribe.local.ports import free_port

PODS = 3
CONCURRENCY = 256
SECONDS = {Step.PARSER: 2.0, Step.SCRAPER: 4.0, Step.COMPOSER: 4.0}
RESEARCH = "Dear {{name}},\n\nI read your paper {{paper}}.\n\nKind regards"
GENERAL = "Dear {{name}},\n\nI read that {{detail}}.\n\nKind regards"
GIVEN = ("Ada", "Bo", "Cleo", "Dana", "Edda", "Finn", "Gerd", "Hugo", "Ines", "Jana", "Kaja", "Lars", "Mina", "Nils")
SYLLABLES = ("bar", "cer", "dol", "fen", "gar", "hol", "jer", "kel", "lum", "mor", "nox")
PAPERS_EACH = 6
POLL = 0.1
HEADINGS = (
    *("researchers", "cache", "requests", "least distance", "refused", "arXiv time", "lookups a minute"),
    *("with papers", "all e-mails", "another user's e-mail (alone)"),
)


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


def researchers(count: int) -> list[str]:
    """So many people of different names."""
    families = [f"{a}{b}{c}".capitalize() for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]
    return [f"{GIVEN[number % len(GIVEN)]} {families[number]}" for number in range(count)]


def publish(world: Fakes, names: list[str]) -> None:
    """Give each of them papers."""
    world.papers.add(
        *(
            FakeRecord(
                f"{2101 + paper}.{number:05}",
                f"Quantum fluids in confined geometries, part {paper} of {number}",
                (name, f"{GIVEN[paper]} Coauthor{number}"),
                f"202{paper % 5}-01-01",
                "We study quantum fluids. " * 30,
                "cond-mat.quant-gas",
            )
            for number, name in enumerate(names)
            for paper in range(PAPERS_EACH)
        )
    )


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
    gateway: Server, users: tuple[User, User], database: asyncpg.Pool, world: Fakes, options: argparse.Namespace
) -> None:
    """Each size, cold and then warm: the same people, another interest."""
    alone = await somebody_else(gateway, users[1], database, 0)
    people = researchers(sum(options.sizes))
    publish(world, people)
    for number, size in enumerate(options.sizes):
        names, people = people[:size], people[size:]
        for state, interest in (("cold", "quantum fluids"), ("warm", "confined geometries")):
            world.controls.calls.clear()
            start = time.perf_counter()
            ids = await submit(gateway, users[0], names, interest, RESEARCH)
            waiting = asyncio.create_task(seconds_until_written(database, ids))
            await asyncio.sleep(min(8.0, size / 20))
            beside = await somebody_else(gateway, users[1], database, 2 * number + (state == "warm") + 1)
            await waiting
            total = time.perf_counter() - start
            _, with_papers = await written(database, ids)
            report(size, state, world.controls.calls_to("/arxiv/"), total, with_papers, beside, alone, options.latency)


def report(
    size: int, state: str, calls: list[Call], total: float, papers: int, beside: float, alone: float, latency: float
) -> None:
    """One row of the table."""
    arrivals = sorted(call.at for call in calls)
    took = arrivals[-1] - arrivals[0] + latency if arrivals else 0.0
    gap = min((later - earlier for earlier, later in pairwise(arrivals)), default=0.0)
    refused = sum(call.status == 429 for call in calls)
    rate = f"{size / took * 60:.0f}" if took else "–"
    print(
        f"| {size} | {state} | {len(calls)} | {f'{gap:.2f} s' if gap else '–'} | {refused} | {took:.0f} s | {rate} |"
        f" {papers} | {total:.0f} s | {beside:.1f} s ({alone:.1f} s) |",
        flush=True,
    )


async def main(options: argparse.Namespace) -> None:
    """All sizes."""
    print("|", " | ".join(HEADINGS), "|")
    print("|", "---|" * len(HEADINGS), sep="")
    log = structlog.get_logger()
    async with AsyncExitStack() as stack:
        url, nats, world = await stack.enter_async_context(empty_system())
        world.controls.add(path="/arxiv/", rate=(1, options.interval * 0.99))
        settings = ProvisionSettings(nats_url=nats)
        broker = await stack.enter_async_context(connect(settings, "campaign", log))
        await provision(broker, settings)
        database = await stack.enter_async_context(asyncpg.create_pool(url, min_size=1, max_size=4))
        gateway = await stack.enter_async_context(gateway_process(url, nats, world, SCRIBE_IN_FLIGHT_PER_USER="128"))
        users = (await sign_up(gateway, world, "campaign"), await sign_up(gateway, world, "other"))
        for _ in range(PODS):
            await stack.enter_async_context(arxiv_worker(nats, world, options.interval))
        world.controls.add(path="/arxiv/", latency=options.latency)
        await stack.enter_async_context(playing(broker, database))
        await campaign(gateway, users, database, world, options)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--interval", type=float, default=3.0, help="seconds between two requests; arXiv's rule is 3")
    parser.add_argument("--latency", type=float, default=1.0, help="seconds that an answer of arXiv takes")
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    asyncio.run(main(parser.parse_args()))
