"""Keeping processes alive: a process that ends is started again after a growing delay; one that cannot start ends the
platform with the reason.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from scribe.local.errors import LocalError

FIRST_DELAY = 0.1
MAX_DELAY = 10.0
SETTLED_AFTER = 30.0
"""Seconds of running after which an earlier end no longer counts."""
MAX_FAILED_STARTS = 8
"""Starts in a row that may fail; with the delays between them that is about half a minute."""


class Supervised(Protocol):
    """A process of the platform."""

    @property
    def name(self) -> str:
        """How it is called in messages."""

    async def start(self) -> None:
        """Start it; returns when it is ready. Raises LocalError when it does not become so."""

    async def wait(self) -> int:
        """Return when it has ended."""


class MisconfiguredError(LocalError):
    """A process says that it cannot run with these settings; starting it again would not help."""


async def keep_alive(part: Supervised, announce: Callable[[str], None]) -> None:
    """Start the part again whenever it ends; runs until it is cancelled.

    Raises:
        LocalError: it does not start any more.
    """
    failures = 0
    while True:
        started = time.monotonic()
        code = await part.wait()
        if time.monotonic() - started > SETTLED_AFTER:
            failures = 0
        announce(f"{part.name} ended with code {code}; starting it again")
        failures = await _start_again(part, failures)


async def _start_again(part: Supervised, failures: int) -> int:
    """Start until it works; gives the number of ends in a row, from which the next delay follows."""
    while True:
        await asyncio.sleep(delay_after(failures))
        failures += 1
        try:
            await part.start()
        except MisconfiguredError:
            raise
        except LocalError:
            if failures >= MAX_FAILED_STARTS:
                raise
        else:
            return failures


def delay_after(failures: int) -> float:
    """Seconds to wait before the next start."""
    return float(min(FIRST_DELAY * 2**failures, MAX_DELAY))
