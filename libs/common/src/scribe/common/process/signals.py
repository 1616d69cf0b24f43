"""SIGTERM and SIGINT while a process is starting or waits for a server: no work has begun, so it may exit at once.

A module that is run as a process installs `exit_on_signals` before its other imports, which take a second: process 1
of a container has no default handler, so a signal that comes before a handler is lost. This module imports next to
nothing for that reason.
"""

import os
import signal
import sys

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def exit_on_signals(code: int) -> None:
    """End with `code` at once, without cleanup: while modules are imported, an exception in a handler may be swallowed.

    0 for a service; another code for a Job, which is not complete then.
    """
    for number in SIGNALS:
        signal.signal(number, lambda _number, _frame: os._exit(code))


def unwind_on_signals(code: int) -> None:
    """From here on exit with `code` through `SystemExit`, which closes what is open, until another handler is set."""
    for number in SIGNALS:
        signal.signal(number, lambda _number, _frame: sys.exit(code))
