"""Deadlines that a busy machine stretches: a test may be slow there, never wrong.

The factor is `SCRIBE_TESTS_SLOWNESS` where it is set; else the machine's load for each core at that moment, at least 1.
"""

import asyncio
import os

MAX_FACTOR = 10.0


def factor() -> float:
    """How many times as long as on an idle machine something may take now."""
    if chosen := os.environ.get("SCRIBE_TESTS_SLOWNESS"):
        return float(chosen)
    return min(MAX_FACTOR, max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


def stretched(idle: float) -> float:
    """The deadline now for what may take `idle` seconds on an idle machine."""
    return idle * factor()


def within(idle: float) -> asyncio.Timeout:
    """A block that may take `idle` seconds on an idle machine."""
    return asyncio.timeout(stretched(idle))
