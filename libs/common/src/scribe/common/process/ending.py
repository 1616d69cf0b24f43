"""Ending tasks that may not hear a cancellation the first time."""

import asyncio
from typing import Any

INTERVAL = 1.0
"""Seconds between two cancellations of a task that goes on."""


async def cancel_and_wait(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel until the tasks have ended: nats-py and Python 3.11's `wait_for` may swallow a cancellation."""
    waiting = {task for task in tasks if not task.done()}
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=INTERVAL)
