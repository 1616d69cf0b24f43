"""Doing the same to several things side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def map_concurrently(work: Callable[[T], Awaitable[R]], items: Iterable[T], *, limit: int) -> list[R]:
    """The results, in the order of the items, of which `limit` are worked on at once.

    One that fails stops no other: the first error is raised when all are over.
    """
    places = asyncio.Semaphore(limit)

    async def done(item: T) -> R:
        async with places:
            return await work(item)

    outcomes = await asyncio.gather(*map(done, items), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
