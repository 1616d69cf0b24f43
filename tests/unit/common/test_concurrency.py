"""Doing the same to several things: bounded, in order, and whole where one fails."""

import asyncio

import pytest

from scribe.common.process.concurrency import map_concurrently


async def test_results_are_in_order_and_no_more_than_the_limit_are_worked_on_at_once() -> None:
    now, peak = 0, 0

    async def doubled(number: int) -> int:
        nonlocal now, peak
        now += 1
        peak = max(peak, now)
        for _ in range(5 - number):  # the first takes longest
            await asyncio.sleep(0)
        now -= 1
        return 2 * number

    assert await map_concurrently(doubled, range(5), limit=3) == [0, 2, 4, 6, 8]
    assert peak == 3


async def test_an_error_is_raised_when_all_others_are_done() -> None:
    done = []

    async def work(number: int) -> None:
        if number == 0:
            raise ValueError("the first")
        await asyncio.sleep(0)
        done.append(number)

    with pytest.raises(ValueError, match="the first"):
        await map_concurrently(work, range(4), limit=2)
    assert done == [1, 2, 3]
