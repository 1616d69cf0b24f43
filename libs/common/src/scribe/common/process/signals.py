"""SIGTERM while a process is starting or waits for a server: no work has begun, so it may exit at once."""

import signal
import sys


def end_on_sigterm(code: int) -> None:
    """Exit with `code` on SIGTERM until another handler is installed; process 1 of a container has no default handler.

    0 for a service; another code for a Job, which is not complete then.
    """
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(code))
