"""`make bench ONLY=gateway`: submitting, polling, event streams and fairness of one gateway, beside a bare peer.

A real PostgreSQL, a real nats-server, the gateway and its peer (benchmarks/bare.py) as processes of their own; the load
comes from this process. The two that are compared are called in turn. Linux.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import structlog

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.load import Connection, connected, cpu_seconds, latencies, percentile, rate, resident
from benchmarks.system import Server, User, bare_process, empty_system, gateway_process, sign_up
from scribe.common.messaging.broker import connect
from scribe.common.messaging.consumer import Consumer, PullOptions
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.publisher import Publisher
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.tasks.data import decode
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from scribe.fakes.server import Fakes

TEMPLATE = "Dear {{name}},\n\nI read about {{topic}}.\n\nKind regards"
PERSON = {"recipient_name": "Ada Example", "recipient_interest": "quantum fluids"}
BATCH = {"items": [PERSON] * 100, "email_template": TEMPLATE}
CLIENTS = 16
SECONDS = 3.0
"""Of each measurement of polling."""
SUBMISSIONS = 100
STREAMS = 1000
BACKLOG = 10_000
WORK = 1.0
"""Seconds that a task takes in the measure of fairness."""


async def submitting(gateway: Server, user: User, count: int) -> Results:
    """Batches of a hundred, one after the other."""
    times = []
    async with connected(gateway.port) as api:
        for _ in range(count):
            start = time.perf_counter()
            answer = await api.request("POST", "/api/queue/batch", user.headers, BATCH)
            times.append(time.perf_counter() - start)
            assert answer.status == 201, answer.body
    return {f"gateway.submit_100_p{part}_ms": percentile(times, part) * 1000 for part in (50, 99)}


async def polling(gateway: Server, bare: Server, users: list[User], seconds: float) -> Results:
    """Both at 200 requests a second, then each as fast as it can, in turn."""
    async with AsyncExitStack() as stack:
        opened: dict[str, list[Connection]] = {
            name: [await stack.enter_async_context(connected(server.port)) for _ in range(CLIENTS)]
            for name, server in (("gateway", gateway), ("bare", bare))
        }
        turns = itertools.cycle(users)
        tags: dict[UUID, str] = {}

        async def ours(number: int) -> None:
            user = next(turns)
            answer = await opened["gateway"][number].request("GET", "/api/queue/", user.headers)
            assert answer.status == 200
            tags[user.id] = answer.headers["etag"]

        async def unchanged(number: int) -> None:
            user = next(turns)
            headers = {**user.headers, "If-None-Match": tags[user.id]}
            assert (await opened["gateway"][number].request("GET", "/api/queue/", headers)).status == 304

        async def theirs(number: int) -> None:
            answer = await opened["bare"][number].request("GET", "/api/queue/", {"user": str(next(turns).id)})
            assert answer.status == 200

        sides = {"poll_changed": (gateway, ours), "poll_unchanged": (gateway, unchanged), "bare": (bare, theirs)}
        rates = {name: await rate(call, CLIENTS, seconds) for name, (_server, call) in sides.items()}
        found: dict[str, float] = {}
        for name, (server, call) in sides.items():
            before, start = cpu_seconds(server.pid), time.perf_counter()
            times = await latencies(call, CLIENTS, 200, int(200 * seconds))
            share = (cpu_seconds(server.pid) - before) / (time.perf_counter() - start)
            for part in (50, 99):
                found[f"gateway.{name}_p{part}_ms"] = percentile(times, part) * 1000
            found[f"gateway.{name}_cpu_at_200_percent"] = share * 100
            found[f"gateway.{name}_per_second"] = rates[name]
            found[f"gateway.{name}_over_bare_ratio"] = rates[name] / rates["bare"]
    return found


async def streaming(gateway: Server, world: Fakes, count: int) -> Results:
    """`count` open event streams of users with four each; what they cost, and how late a change is told."""
    users = [await sign_up(gateway, world, f"stream{n}") for n in range(count // 4)]
    before = resident(gateway.pid)
    async with AsyncExitStack() as stack:
        streams: list[list[Connection]] = []
        for user in users:
            own = [await stack.enter_async_context(connected(gateway.port)) for _ in range(4)]
            for stream in own:
                await stream.send("GET", "/api/queue/events", user.headers)
                assert (await stream.head())[0] == 200
                await stream.reader.readuntil(b": connected\n\n")
            streams.append(own)
        memory = (resident(gateway.pid) - before) * 1024 / count
        delays: list[float] = []
        async with connected(gateway.port) as api:
            for user, own in zip(users[:100], streams[:100], strict=True):
                body = {**PERSON, "email_template": TEMPLATE}
                task = (await api.request("POST", "/api/email/generate", user.headers, body)).json()["task_id"]
                start = time.perf_counter()
                cancelled = await api.request("POST", f"/api/queue/{task}/cancel", user.headers)
                assert cancelled.status == 200
                for stream in own:
                    await stream.reader.readuntil(b'"status":"failed"')
                    delays.append(time.perf_counter() - start)
    told = {f"gateway.stream_told_p{part}_ms": percentile(delays, part) * 1000 for part in (50, 99)}
    return {"gateway.stream_kib": memory, **told}


@asynccontextmanager
async def quick_worker(nats: str, concurrency: int, seconds: float) -> AsyncIterator[None]:
    """A parser that takes `seconds` and then ends the task, so that the relay's window moves on."""
    log = structlog.get_logger()
    async with connect(BrokerSettings(nats_url=nats), "benchmark", log) as broker:
        publisher = Publisher(broker)

        async def handle(delivery: Delivery) -> None:
            data = decode(delivery.body)
            await publisher.event(progress_of(data, State.STARTED, Step.PARSER, datetime.now(UTC), attempt=1))
            await asyncio.sleep(seconds)
            ended = progress_of(data, State.FAILED, Step.PARSER, datetime.now(UTC), attempt=1, error="Benchmark.")
            await publisher.event(ended)
            await delivery.ack()

        async def nothing() -> None:
            return

        consumer = Consumer(broker, PullOptions("PIPELINE", "parser", concurrency), handle, ensure=nothing, log=log)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(consumer.run())
            yield
            consumer.stop()


async def waits(gateway: Server, world: Fakes, name: str, count: int) -> list[float]:
    """Seconds from submitting one item until it has ended, for users who have nothing else."""
    found = []
    async with connected(gateway.port) as api:
        for number in range(count):
            user = await sign_up(gateway, world, f"{name}{number}")
            start = time.perf_counter()
            body = {**PERSON, "email_template": TEMPLATE}
            task = (await api.request("POST", "/api/email/generate", user.headers, body)).json()["task_id"]
            while (await api.request("GET", f"/api/email/status/{task}", user.headers)).json()["status"] != "FAILURE":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            found.append(time.perf_counter() - start)
    return found


async def fairness(gateway: Server, world: Fakes, nats: str, backlog: int, seconds: float) -> Results:
    """One item in an empty system, and one behind somebody's `backlog`; workers that take `seconds`."""
    async with quick_worker(nats, concurrency=32, seconds=seconds):
        alone = statistics.median(await waits(gateway, world, "alone", 5))
        many = await sign_up(gateway, world, "many")
        async with connected(gateway.port) as api:
            for _ in range(backlog // 100):
                answer = await api.request("POST", "/api/queue/batch", many.headers, BATCH)
                assert answer.status == 201, answer.body
        behind = await waits(gateway, world, "behind", 5)
    waited = statistics.median(behind)
    return {
        "gateway.alone_s": alone,
        "gateway.behind_backlog_s": waited,
        "gateway.behind_backlog_over_alone_ratio": waited / alone,
    }


async def measure() -> Results:
    """All four; fairness in a system of its own."""
    found: dict[str, float] = {}
    async with (
        empty_system() as (database, nats, world),
        # Nothing is relayed while submitting and polling are measured: the rows must stay as they are.
        gateway_process(database, nats, world, SCRIBE_IN_FLIGHT="1", SCRIBE_IN_FLIGHT_PER_USER="1") as gateway,
    ):
        users = [await sign_up(gateway, world, f"poll{n}") for n in range(20)]
        async with connected(gateway.port) as api:
            for user in users:
                assert (await api.request("POST", "/api/queue/batch", user.headers, BATCH)).status == 201
        found.update(await submitting(gateway, await sign_up(gateway, world, "submit"), SUBMISSIONS))
        async with bare_process(database) as bare:
            found.update(await polling(gateway, bare, users, SECONDS))
        found.update(await streaming(gateway, world, STREAMS))
    async with empty_system() as (database, nats, world), gateway_process(database, nats, world) as gateway:
        found.update(await fairness(gateway, world, nats, BACKLOG, WORK))
    return found


def _poll(name: str, label: str) -> tuple[str | Figure, ...]:
    p50, p99 = (Figure(f"gateway.{name}_p{part}_ms", "{:.1f} ms") for part in (50, 99))
    rate, of_bare = Figure(f"gateway.{name}_per_second", "{:.0f}/s"), Figure(f"gateway.{name}_over_bare_ratio")
    return label, p50, p99, Figure(f"gateway.{name}_cpu_at_200_percent", "{:.0f}%"), rate, of_bare


def _spread(name: str, label: str) -> tuple[str | Figure, ...]:
    return label, *(Figure(f"gateway.{name}_p{part}_ms", "{:.1f} ms") for part in (50, 99)), "", "", ""


TABLE = Table(
    ("one gateway", "p50", "p99", "CPU at 200/s", "at most", "of bare"),
    (
        _poll("poll_unchanged", "poll of 100 items, unchanged (304)"),
        _poll("poll_changed", "poll of 100 items, changed"),
        _poll("bare", "the same rows by bare FastAPI"),
        _spread("submit_100", "submit 100 items, 100 times"),
        _spread("stream_told", "change told to one of 1,000 event streams"),
        ("memory of an event stream", Figure("gateway.stream_kib", "{:.0f} KiB"), "", "", "", ""),
        ("one item, steps of 1 s", Figure("gateway.alone_s", "{:.2f} s"), "", "", "", ""),
        ("… behind another user's 10,000", Figure("gateway.behind_backlog_s", "{:.2f} s"), "", "", "", ""),
    ),
)
BENCHMARK = Benchmark("gateway", measure, TABLE)
