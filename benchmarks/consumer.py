"""`python benchmarks/consumer.py`: our consumer loop beside nats-py's `fetch`, on one server in one run.

Each side consumes and acknowledges the same number of messages of 1 kB from a memory-fresh stream; the figure is the
ratio of their rates. What the loop is for, coming back after an idle pull has expired, is timed too.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import structlog
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, StreamConfig

from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.consumer import Consumer, PullOptions
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.settings import BrokerSettings
from scribe.local.servers import embedded_nats

SLOTS = 256
BODY = b"x" * 1024


async def fill(js: JetStreamContext, name: str, count: int) -> None:
    """A stream with `count` messages and a durable consumer, both named `name`."""
    await js.add_stream(StreamConfig(name=name, subjects=[f"{name}.*"]))
    await js.add_consumer(
        name, ConsumerConfig(durable_name=name, ack_policy=AckPolicy.EXPLICIT, max_ack_pending=4 * SLOTS)
    )
    for start in range(0, count, 1000):
        await asyncio.gather(*(js.publish(f"{name}.{n}", BODY) for n in range(start, min(start + 1000, count))))


async def ours(broker: Broker, count: int) -> float:
    """Messages a second with our loop."""
    await fill(broker.js, "ours", count)
    done = asyncio.Event()
    left = count

    async def handle(delivery: Delivery) -> None:
        nonlocal left
        await delivery.message.ack()
        left -= 1
        if left == 0:
            done.set()

    async def nothing() -> None:
        return

    consumer = Consumer(broker, PullOptions("ours", "ours", SLOTS), handle, ensure=nothing, log=structlog.get_logger())
    started = time.perf_counter()
    running = asyncio.create_task(consumer.run())
    await done.wait()
    seconds = time.perf_counter() - started
    consumer.stop()
    await running
    await broker.js.delete_stream("ours")
    return count / seconds


async def fetching(broker: Broker, count: int) -> float:
    """Messages a second with nats-py's `fetch(256)`."""
    await fill(broker.js, "fetch", count)
    subscription = await broker.js.pull_subscribe_bind("fetch", "fetch")
    started = time.perf_counter()
    left = count
    while left:
        messages = await subscription.fetch(min(SLOTS, left), timeout=5)
        for message in messages:
            await message.ack()
        left -= len(messages)
    seconds = time.perf_counter() - started
    await broker.js.delete_stream("fetch")
    return count / seconds


async def main(count: int, rounds: int) -> None:
    """Run both sides in turn, and print a line of Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_nats(Path(folder)) as server:
            log = structlog.get_logger()
            async with connect(BrokerSettings(nats_url=server.url), "benchmark", log) as broker:
                pairs = [(await ours(broker, count), await fetching(broker, count)) for _ in range(rounds)]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"| consume + ack, {count} messages of 1 kB | {mine:,.0f}/s | fetch(256): {theirs:,.0f}/s | {ratio:.2f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(main(options.messages, options.rounds))
