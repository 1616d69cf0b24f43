"""SIGTERM while a process still starts, or waits for a server: nothing is begun, so nothing has to be finished."""

import signal
import sys


def end_on_sigterm(code: int) -> None:
    """End with `code`, until somebody else takes the signal: process 1 of a container has no default to die by.

    0 for a service; not 0 for a Job, which is not done then.
    """
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(code))
