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


async def fail_for(name: str) -> None:
    raise ValueError(f"nothing is known of {name}")


def call_back(name: str) -> None:
    raise ValueError(f"nothing is known of {name}")


async def test_an_error_that_nobody_handles_is_told_without_its_text() -> None:
    with structlog.testing.capture_logs() as logs:
        async with watching_loop(Metrics().loop, structlog.get_logger()):
            forgotten = asyncio.create_task(fail_for("Ada"))
            asyncio.get_running_loop().call_soon(call_back, "Ada")
            await eventually(forgotten.done)
            del forgotten
            await eventually(lambda: len(logs) == 2)
    assert [(told["event"], told["reason"]) for told in logs] == [
        ("unhandled_error", "Exception"),
        ("unhandled_error", "Task exception was never retrieved"),
    ]
    assert all(isinstance(told["exc_info"], ValueError) for told in logs)
    assert "Ada" not in str([{**told, "exc_info": None} for told in logs])
