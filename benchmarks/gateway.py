"""`python -m benchmarks.gateway`: submitting, polling, event streams and fairness of one gateway, beside a bare peer.

A real PostgreSQL, a real nats-server, the gateway and its peer (benchmarks/bare.py) as processes of their own; the load
comes from this process. The two that are compared are called in turn. Prints the tables of README.md. Linux.
"""

import argparse
import asyncio
import itertools
import resource
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import structlog

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


async def submitting(gateway: Server, user: User, count: int) -> None:
    """Batches of a hundred, one after the other."""
    times = []
    async with connected(gateway.port) as api:
        for _ in range(count):
            start = time.perf_counter()
            answer = await api.request("POST", "/api/queue/batch", user.headers, BATCH)
            times.append(time.perf_counter() - start)
            assert answer.status == 201, answer.body
    p50, p99 = (percentile(times, part) * 1000 for part in (50, 99))
    print(f"| submit 100 items, {count} times | {p50:.0f} ms | {p99:.0f} ms |\n")


async def polling(gateway: Server, bare: Server, users: list[User], seconds: float) -> None:
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

        sides = {"the gateway": (gateway, ours), "the gateway, 304": (gateway, unchanged), "bare": (bare, theirs)}
        print("| polls of 100 items | p50 at 200/s | p99 at 200/s | CPU at 200/s | most a second | of bare |")
        print("|---|---|---|---|---|---|")
        rates: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(3):
            for name, (_server, call) in sides.items():
                rates[name].append(await rate(call, CLIENTS, seconds))
        for name, (server, call) in sides.items():
            before, start = cpu_seconds(server.pid), time.perf_counter()
            times = await latencies(call, CLIENTS, 200, int(200 * seconds))
            cpu = (cpu_seconds(server.pid) - before) / (time.perf_counter() - start)
            p50, p99 = (percentile(times, part) * 1000 for part in (50, 99))
            pairs = zip(rates[name], rates["bare"], strict=True)
            of_bare = statistics.median(mine / peer for mine, peer in pairs)
            most = statistics.median(rates[name])
            print(f"| {name} | {p50:.1f} ms | {p99:.1f} ms | {cpu:.0%} | {most:.0f} | {of_bare:.2f} |")
    print()


async def streaming(gateway: Server, world: Fakes, count: int) -> None:
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
    p50, p99 = (percentile(delays, part) * 1000 for part in (50, 99))
    print("| open streams | memory each | change told after (p50) | p99 |\n|---|---|---|---|")
    print(f"| {count} | {memory:.0f} KiB | {p50:.0f} ms | {p99:.0f} ms |\n")


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


async def fairness(gateway: Server, world: Fakes, nats: str, backlog: int, seconds: float) -> None:
    """One item in an empty system, and one behind somebody's `backlog`; workers that take `seconds`."""
    async with quick_worker(nats, concurrency=32, seconds=seconds):
        alone = statistics.median(await waits(gateway, world, "alone", 5))
        many = await sign_up(gateway, world, "many")
        async with connected(gateway.port) as api:
            for _ in range(backlog // 100):
                answer = await api.request("POST", "/api/queue/batch", many.headers, BATCH)
                assert answer.status == 201, answer.body
        behind = await waits(gateway, world, "behind", 5)
    ratio = statistics.median(behind) / alone
    print("| one item | empty system | behind another user's backlog | ratio |\n|---|---|---|---|")
    print(f"| {backlog:,} waiting | {alone:.2f} s | {statistics.median(behind):.2f} s | {ratio:.2f} |")


async def main(options: argparse.Namespace) -> None:
    """All four; fairness in a system of its own."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    async with (
        empty_system() as (database, nats, world),
        # Nothing is relayed while submitting and polling are measured: the rows must stay as they are.
        gateway_process(database, nats, world, SCRIBE_IN_FLIGHT="1") as gateway,
    ):
        users = [await sign_up(gateway, world, f"poll{n}") for n in range(20)]
        async with connected(gateway.port) as api:
            for user in users:
                assert (await api.request("POST", "/api/queue/batch", user.headers, BATCH)).status == 201
        print("| | p50 | p99 |\n|---|---|---|")
        await submitting(gateway, await sign_up(gateway, world, "submit"), options.batches)
        async with bare_process(database) as bare:
            await polling(gateway, bare, users, options.seconds)
        await streaming(gateway, world, options.streams)
    async with empty_system() as (database, nats, world), gateway_process(database, nats, world) as gateway:
        await fairness(gateway, world, nats, options.backlog, options.work)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement of polling")
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--backlog", type=int, default=10_000)
    parser.add_argument("--work", type=float, default=1.0, help="seconds that a task takes in the measure of fairness")
    asyncio.run(main(parser.parse_args()))
