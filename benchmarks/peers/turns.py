"""How a peer is driven: it says when it is ready, and after each line with a number, when so many items are through.

The line's arrival and the answer are the ends of what is measured, so that starting and importing are not in it.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

BODY = {"template": "Dear {{name}},\n\nI read about {{topic}}.\n\nKind regards", "name": "Ada", "topic": "fluids"}
"""What an item carries."""


def take_turns(run: Callable[[int], None]) -> None:
    """Send as many items as each line says; ends with the input."""
    print("ready", flush=True)
    for line in sys.stdin:
        run(int(line))
        print("done", flush=True)


@contextmanager
def children(commands: Iterable[tuple[str, ...]]) -> Iterator[None]:
    """Processes that run while the block does."""
    quiet = subprocess.DEVNULL
    started = [subprocess.Popen(command, stdin=quiet, stdout=quiet) for command in commands]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()
