"""What is loaded for good is not searched by the garbage collector again."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from scribe.common.process.heap import defer_collections, freeze_heap, loading


class Node:
    """Something that may refer to itself."""

    other: "Node"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def is_searched(wanted: object) -> bool:
    return any(found is wanted for found in gc.get_objects())


def test_what_was_loaded_is_excluded_from_collections() -> None:
    with loading():
        assert not gc.isenabled()
        loaded = Node()
    assert gc.isenabled()
    assert not is_searched(loaded)


def test_a_load_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()


def test_circles_made_later_are_still_collected() -> None:
    freeze_heap()
    node = Node()
    node.other = node
    gone = weakref.ref(node)
    del node
    gc.collect()
    assert gone() is None


def test_frozen_objects_are_freed_when_nothing_refers_to_them() -> None:
    node = Node()
    gone = weakref.ref(node)
    freeze_heap()
    del node
    assert gone() is None


def test_collections_are_rare_until_the_process_has_started() -> None:
    defer_collections()
    starting = gc.get_threshold()[0]
    freeze_heap()
    assert gc.isenabled()
    assert gc.get_threshold()[0] < starting
