"""Waiting on conditions, never for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from functools import partial

from tests.support.deadlines import stretched

INTERVAL = 0.02


async def eventually(condition: Callable[[], object | Awaitable[object]], timeout: float = 30.0) -> None:
    """Return when `condition()` gives something true.

    Raises:
        AssertionError: it has not, after `timeout` seconds on an idle machine.
    """
    timeout = stretched(timeout)
    end = time.monotonic() + timeout
    while True:
        result = condition()
        if inspect.isawaitable(result):
            result = await result
        if result:
            return
        if time.monotonic() > end:
            function = condition.func if isinstance(condition, partial) else condition
            raise AssertionError(f"not so within {timeout:g} s: {inspect.getsource(function).strip()}")
        await asyncio.sleep(INTERVAL)
