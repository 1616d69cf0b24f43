"""Tables that are loaded when they are first needed, by one thread."""

import threading
from collections.abc import Callable
from functools import cache, wraps
from typing import TypeVar

T = TypeVar("T")


def once(load: Callable[[], T]) -> Callable[[], T]:
    """`load` as a function that runs it at its first call and remembers the answer. Unlike with `functools.cache`,
    threads that call it meanwhile wait for that answer instead of loading their own.
    """
    remembered = cache(load)
    loading = threading.Lock()

    @wraps(load)
    def loaded() -> T:
        with loading:
            return remembered()

    return loaded
