"""Holding an operation while a service that all work needs is away."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from scribe.common.errors import UnavailableError
from scribe.common.observability.logs import Logger
from scribe.common.tasks.steps import Step

JITTER_FACTOR = (0.5, 1.0)
T = TypeVar("T")
Announce = Callable[[UnavailableError], Awaitable[None]]


@dataclass(frozen=True)
class Hold:
    """Repeats operations of a step that raise UnavailableError, each for at most `limit` seconds."""

    step: Step
    limit: float
    log: Logger

    async def __call__(
        self,
        operation: Callable[[], Awaitable[T]],
        until: asyncio.Event | None = None,
        announce: Announce | None = None,
    ) -> T:
        """The operation's result; its last error once the limit would be passed, or once `until` is set.

        `announce` is called once, when the wait begins.
        """
        end, until = time.monotonic() + self.limit, until or asyncio.Event()
        while True:
            try:
                return await operation()
            except UnavailableError as error:
                if time.monotonic() + error.retry_after > end:
                    raise
                if announce is not None:
                    await announce(error)
                    announce = None
                self.log.warning("holding", step=self.step, reason=str(error), retry_after=error.retry_after)
                await _wait(error.retry_after, until)
                if until.is_set():
                    raise


async def _wait(seconds: float, until: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds * random.uniform(*JITTER_FACTOR)):  # noqa: S311 - jitter
            await until.wait()
