"""From a command to its coroutine: signals, and errors as one sentence."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine

from scribe.local.errors import LocalError

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(work: Coroutine[None, None, None]) -> None:
    """Run the work; a signal ends it in order, a second one at once.

    A LocalError is a sentence on stderr and exit code 1. An end by a signal is exit code 128 and its number.
    """
    received: list[signal.Signals] = []

    async def supervised() -> None:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()

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

    try:
        asyncio.run(supervised())
    except LocalError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the command's answer
        raise SystemExit(1) from None
    except asyncio.CancelledError:
        raise SystemExit(128 + received[0] if received else 1) from None
