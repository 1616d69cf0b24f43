"""What Python's garbage collector searches: not what was loaded for as long as the process lives.

A full collection looks at every object while nothing else runs: 0.1 to 0.2 s in a worker that has loaded a provider's
client, and that many times a minute under load.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MAX_YOUNG = 10_000
"""Objects made since the last collection that begin the next; Python's own 700 are some milliseconds of work."""

MAX_LOADED = 200_000
"""The same while a process starts: modules are almost no garbage, and would be searched a hundred times."""


def defer_collections() -> None:
    """Collect rarely until `freeze_heap`. For the start of a process: a tenth of the time of its imports."""
    gc.set_threshold(MAX_LOADED, *gc.get_threshold()[1:])


def freeze_heap() -> None:
    """Exclude all objects that live now from later collections. They are still freed when nothing refers to them; only
    those that refer to each other in a circle stay.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MAX_YOUNG, *gc.get_threshold()[1:])


@contextmanager
def loading() -> Iterator[None]:
    """A block that loads what stays, such as modules: it is not searched meanwhile, and excluded at the end."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        freeze_heap()
