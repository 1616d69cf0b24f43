"""A blocked event loop is measured, and its place is written down while it is blocked."""

import asyncio
import time

import structlog

from scribe.common.observability.metrics import Metrics
from scribe.common.process.watchdog import watching_loop
from tests.support.waiting import eventually


def block_the_loop(until: float) -> None:
    while time.monotonic() < until:
        pass


async def test_a_blocked_loop_is_measured_and_its_place_told() -> None:
    metrics = Metrics()
    with structlog.testing.capture_logs() as logs:
        async with watching_loop(metrics.loop, structlog.get_logger(), interval=0.02, blocked_after=0.1):
            await asyncio.sleep(0)
            block_the_loop(time.monotonic() + 1.0)
            lag = "scribe_event_loop_lag_seconds_sum"
            await eventually(lambda: (metrics.registry.get_sample_value(lag) or 0) > 0.5)
    (told,) = logs
    assert told["event"] == "event_loop_blocked"
    assert "block_the_loop (test_watchdog.py:" in told["stack"]
