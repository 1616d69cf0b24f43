"""Calls that wait for the network, in threads that nobody waits for when the process ends."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def in_detached_thread(function: Callable[[], T]) -> T:
    """As `asyncio.to_thread`, whose threads the end of the process waits for, however long a server takes to answer."""
    outcome: Future[T] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            outcome.set_result(context.run(function))
        except BaseException as error:  # noqa: BLE001 - raised again in the task that waits
            outcome.set_exception(error)

    outcome.set_running_or_notify_cancel()
    threading.Thread(target=run, daemon=True).start()
    return await asyncio.wrap_future(outcome)
