"""The limit of the libraries: one process that passes items from subject to subject in batches, then writes them.

Nothing is checked, repeated, timed or told: what a framework adds is what it costs above this.
"""

import asyncio
import json
import os
import sys

import asyncpg
import nats
import uvloop
from nats.errors import TimeoutError as NothingThere
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from turns import BODY

STEPS = ("parser", "scraper", "arxiv", "composer")
BATCH = 256


async def step(js: JetStreamContext, name: str, following: str, messages: int) -> None:
    """Pass so many on to the next step."""
    consumer = await js.pull_subscribe(f"peer.{name}", durable=name, stream="PEER")
    while messages:
        try:
            batch = await consumer.fetch(min(BATCH, messages), timeout=1)
        except NothingThere:
            continue
        await asyncio.gather(*(js.publish(f"peer.{following}", message.data) for message in batch))
        for message in batch:
            await message.ack()
        messages -= len(batch)


async def write(js: JetStreamContext, database: asyncpg.Connection, messages: int) -> None:
    """Write what the last step has passed on, a batch a statement."""
    consumer = await js.pull_subscribe("peer.done", durable="done", stream="PEER")
    while messages:
        try:
            batch = await consumer.fetch(min(BATCH, messages), timeout=1)
        except NothingThere:
            continue
        await database.execute(
            "INSERT INTO peer SELECT unnest($1::text[])", [message.data.decode() for message in batch]
        )
        for message in batch:
            await message.ack()
        messages -= len(batch)


async def main() -> None:
    """Take turns; ends with the input."""
    client = await nats.connect(os.environ["PEER_NATS_URL"])
    js = client.jetstream()
    await js.add_stream(StreamConfig(name="PEER", subjects=["peer.>"]))
    database = await asyncpg.connect(os.environ["PEER_DATABASE_URL"])
    await database.execute("CREATE TABLE peer (body text)")
    body = json.dumps(BODY).encode()
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        items = int(line)
        async with asyncio.TaskGroup() as tasks:
            for name, following in zip(STEPS, (*STEPS[1:], "done"), strict=True):
                tasks.create_task(step(js, name, following, items))
            tasks.create_task(write(js, database, items))
            for first in range(0, items, BATCH):
                await asyncio.gather(*(js.publish("peer.parser", body) for _ in range(min(BATCH, items - first))))
        print("done", flush=True)
    await client.close()
    await database.close()


if __name__ == "__main__":
    uvloop.run(main())
