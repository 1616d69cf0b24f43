"""How late the event loop is, and which errors on it nobody handles.

What runs on it for long keeps probes, heartbeats and every other task waiting.
"""

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import LoopMetrics

INTERVAL = 0.5
"""Seconds between two measurements."""
BLOCKED_AFTER = 5.0
"""Seconds without a beat after which the thread logs the loop's stack."""


@asynccontextmanager
async def watching_loop(
    metrics: LoopMetrics, log: Logger, *, interval: float = INTERVAL, blocked_after: float = BLOCKED_AFTER
) -> AsyncIterator[None]:
    """Measure the lag of the running event loop while the block runs, and log where it stands when it is blocked.

    Errors that nobody handles are logged by their class and stack. asyncio's own report has the texts of errors and the
    arguments of calls, which may be personal data.
    """
    asyncio.get_running_loop().set_exception_handler(partial(_log_unhandled, log))
    watchdog = _Watchdog(metrics, log, interval, blocked_after)
    thread = threading.Thread(target=watchdog.watch, args=(threading.get_ident(),), name="watchdog", daemon=True)
    thread.start()
    beating = asyncio.create_task(watchdog.beat())
    try:
        yield
    finally:
        watchdog.ended.set()
        beating.cancel()


def _log_unhandled(log: Logger, _loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
    """asyncio's sentence goes as far as the call that it quotes with its arguments."""
    reason = str(context["message"]).partition(" in callback")[0]
    log.error("unhandled_error", reason=reason, exc_info=context.get("exception"))


class _Watchdog:
    """A task that beats on the loop and counts the others, and a thread that notices when it does not."""

    def __init__(self, metrics: LoopMetrics, log: Logger, interval: float, blocked_after: float) -> None:
        self._metrics = metrics
        self._log = log
        self._interval = interval
        self._blocked_after = blocked_after
        self._last = time.monotonic()
        self.ended = threading.Event()

    async def beat(self) -> None:
        """Measure the lag at each interval, until cancelled."""
        while True:
            self._last = time.monotonic()
            self._metrics.tasks.set(len(asyncio.all_tasks()))
            await asyncio.sleep(self._interval)
            self._metrics.lag.observe(max(0.0, time.monotonic() - self._last - self._interval))

    def watch(self, loop_thread: int) -> None:
        """Log once for each time that the loop is blocked, until `ended`."""
        reported = 0.0
        while not self.ended.wait(self._interval):
            last = self._last
            if time.monotonic() - last > self._blocked_after and reported != last:
                reported = last
                self._log.error("event_loop_blocked", stack=_stack(loop_thread))


def _stack(thread: int) -> str:
    """Where the thread is: files, lines and functions of the innermost calls, no values."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - the only way to another thread's stack
    calls = traceback.extract_stack(frame)[-8:] if frame else []
    return " < ".join(f"{call.name} ({call.filename.rpartition('/')[2]}:{call.lineno})" for call in reversed(calls))
