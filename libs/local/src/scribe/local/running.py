"""Runs a command's coroutine: signals end it, and errors are printed as one sentence."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine

from scribe.local.errors import LocalError, first_error

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(work: Coroutine[None, None, None]) -> None:
    """Run a coroutine; the first signal cancels it, the second ends the process at once.

    A LocalError is a sentence on stderr and its exit code. An end by a signal is exit code 128 plus its number.
    """
    received: list[signal.Signals] = []
    code = 0
    try:
        asyncio.run(_until_signalled(work, received))
    except* LocalError as errors:
        error = first_error(errors)
        print(error, file=sys.stderr)  # noqa: T201 - the command's answer
        code = error.exit_code if isinstance(error, LocalError) else 1
    except* asyncio.CancelledError:
        code = 128 + received[0] if received else 1
    if code:
        raise SystemExit(code)


async def _until_signalled(work: Coroutine[None, None, None], received: list[signal.Signals]) -> None:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()

    def on_signal(number: signal.Signals) -> None:
        if received:
            # The kernel ends the children, who are on a leash.
            os._exit(128 + number)
        received.append(number)
        if task:
            task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, on_signal, number)
    await work
