"""Ports of this machine, looked for before the process that takes them starts."""

import random
import socket
from collections.abc import Awaitable, Callable

from scribe.local.errors import LocalError

FIRST, LAST = 10_000, 29_999
"""Ports below the ephemeral range of Linux and macOS, which an outgoing connection could take between the check and the
use, and below Kubernetes' node ports.
"""
LOOKS = 100
ATTEMPTS = 5


def free_port() -> int:
    """A free port on 127.0.0.1, chosen at random, so that two callers at once get different ones.

    Raises:
        LocalError: none was found.
    """
    for _ in range(LOOKS):
        port = random.randint(FIRST, LAST)  # noqa: S311 - not a secret
        if refusal(port) is None:
            return port
    raise LocalError(f"No port between {FIRST} and {LAST} is free.")


def refusal(port: int) -> str | None:
    """Why nobody can listen on a port of 127.0.0.1 now, in the system's words; None where one can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.strerror
    return None


async def on_free_port(start: Callable[[int], Awaitable[None]], choose: Callable[[], int] = free_port) -> None:
    """Start something on a free port, and on another one if that has been taken meanwhile.

    Raises:
        LocalError: it did not start, and not because of its port.
    """
    for attempt in range(1, ATTEMPTS + 1):
        port = choose()
        try:
            await start(port)
        except LocalError:
            if attempt == ATTEMPTS or refusal(port) is None:
                raise
        else:
            return
