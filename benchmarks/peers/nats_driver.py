"""Sends items into a JetStream subject and counts those that come out on another."""

import asyncio
import json
import os
import sys

import nats
from nats.errors import Error
from turns import BODY

AT_ONCE = 256


class Driver:
    """Items in flight are bounded, as they are in Scribe by its relay."""

    def __init__(self, client: nats.NATS, entrance: str) -> None:
        self._client = client
        self._js = client.jetstream()
        self._entrance = entrance
        self._left = 0
        self._through = asyncio.Event()

    async def count(self, _message: object) -> None:
        """One is through."""
        self._left -= 1
        if self._left <= 0:
            self._through.set()

    async def run(self, items: int) -> None:
        """Send so many, and wait for the last."""
        self._left = items
        self._through.clear()
        body = json.dumps(BODY).encode()
        headers = {"content-type": "application/json"}
        for first in range(0, items, AT_ONCE):
            count = min(AT_ONCE, items - first)
            await asyncio.gather(*(self._js.publish(self._entrance, body, headers=headers) for _ in range(count)))
        await self._through.wait()


async def _drive(entrance: str, leaving: str) -> None:
    client = await nats.connect(os.environ["PEER_NATS_URL"])
    driver = Driver(client, entrance)
    await client.subscribe(leaving, cb=driver.count)
    await _until_taken(client, entrance)
    await driver.run(1)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        await driver.run(int(line))
        print("done", flush=True)
    await client.close()


async def _until_taken(client: nats.NATS, entrance: str) -> None:
    """Wait for the stream, which the workers make."""
    js = client.jetstream()
    for _ in range(600):
        try:
            await js.find_stream_name_by_subject(entrance)
            return
        except Error:
            await asyncio.sleep(0.1)
    raise TimeoutError(f"nobody takes {entrance}")


def drive(entrance: str, leaving: str) -> None:
    """Take turns; ends with the input."""
    asyncio.run(_drive(entrance, leaving))
