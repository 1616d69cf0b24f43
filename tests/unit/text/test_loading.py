"""What several threads want at once is loaded by one of them."""

import threading
from concurrent.futures import ThreadPoolExecutor

from scribe.common.text.loading import once

THREADS = 4
MOMENT = 0.2
"""Seconds in which a second load would begin."""


def test_threads_that_want_it_at_once_get_what_one_of_them_loads() -> None:
    wanted = threading.Barrier(THREADS)
    loads: list[None] = []
    second = threading.Event()

    @once
    def table() -> object:
        loads.append(None)
        if len(loads) > 1:
            second.set()
        second.wait(MOMENT)
        return object()

    def look_up() -> object:
        wanted.wait()
        return table()

    with ThreadPoolExecutor(THREADS) as pool:
        tables = {id(found) for found in pool.map(lambda _: look_up(), range(THREADS))}
    assert len(loads) == len(tables) == 1


def test_it_is_loaded_with_the_first_call_and_not_before() -> None:
    loads: list[None] = []
    table = once(lambda: loads.append(None))
    assert not loads
    table()
    table()
    assert len(loads) == 1
