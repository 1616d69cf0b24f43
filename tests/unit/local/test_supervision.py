"""What ends is started again, a little later each time; what cannot start says why."""

import asyncio
from dataclasses import dataclass, field

import pytest

from scribe.local.errors import LocalError
from scribe.local.supervision import MAX_DELAY, MisconfiguredError, delay_after, keep_alive
from tests.support.deadlines import stretched


@dataclass
class Fragile:
    """A part that ends at once until it has been started `lives` times, or fails to start with `error`."""

    lives: int = 0
    error: LocalError | None = None
    name: str = "parser"
    starts: int = 0
    alive: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        self.starts += 1
        if self.error:
            raise self.error
        if self.starts == self.lives:
            self.alive.set()

    async def wait(self) -> int:
        if self.alive.is_set():
            await asyncio.Event().wait()
        return 137


async def test_a_part_that_ends_is_started_again_until_it_lives() -> None:
    part, told = Fragile(lives=2), list[str]()
    async with asyncio.TaskGroup() as tasks:
        keeper = tasks.create_task(keep_alive(part, told.append))
        await asyncio.wait_for(part.alive.wait(), stretched(10))
        keeper.cancel()
    assert part.starts == 2
    assert told[0] == "parser ended with code 137; starting it again"


async def test_a_part_that_refuses_its_settings_is_not_tried_again() -> None:
    part = Fragile(error=MisconfiguredError("parser cannot start: no key"))
    with pytest.raises(MisconfiguredError, match="no key"):
        await asyncio.wait_for(keep_alive(part, lambda _line: None), stretched(10))
    assert part.starts == 1


def test_delays_grow_and_are_bounded() -> None:
    delays = [delay_after(failures) for failures in range(40)]
    assert delays == sorted(delays)
    assert delays[0] == pytest.approx(0.1)
    assert delays[-1] == MAX_DELAY
