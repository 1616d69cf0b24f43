"""taskiq-nats: `python taskiq_chain.py`; its workers are children of this process."""

import asyncio
import sys

from taskiq_app import DONE, broker, parser
from turns import BODY, children

AT_ONCE = 256
WORKERS = ("--workers", "4", "--ack-type", "when_executed", "--max-async-tasks", "64", "--log-level", "ERROR")


async def drive() -> None:
    """Take turns; ends with the input."""
    left, through = 0, asyncio.Event()

    async def count(_message: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            through.set()

    await broker.startup()
    await broker.client.subscribe(DONE, cb=count)

    async def run(items: int) -> None:
        nonlocal left
        left = items
        through.clear()
        for first in range(0, items, AT_ONCE):
            await asyncio.gather(*(parser.kiq(BODY) for _ in range(min(AT_ONCE, items - first))))
        await through.wait()

    await run(1)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        await run(int(line))
        print("done", flush=True)
    await broker.shutdown()


def main() -> None:
    """Start the workers, and take turns."""
    with children([(sys.executable, "-m", "taskiq", "worker", "taskiq_app:broker", *WORKERS)]):
        asyncio.run(drive())


if __name__ == "__main__":
    main()
