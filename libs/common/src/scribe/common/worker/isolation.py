"""Work side by side, or one piece of it with nothing else beside it in the process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Isolation:
    """A lock with two sides. What wants to be alone goes first: nothing new begins before it has had its turn."""

    def __init__(self) -> None:
        self._side_by_side = 0
        self._waiting_alone = 0
        self._is_alone = False
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def beside_others(self) -> AsyncIterator[None]:
        """A block that others like it may run beside."""
        await self._until(lambda: not self._is_alone and not self._waiting_alone)
        self._side_by_side += 1
        try:
            yield
        finally:
            self._side_by_side -= 1
            self._change()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """A block that nothing runs beside."""
        self._waiting_alone += 1
        try:
            await self._until(lambda: not self._is_alone and not self._side_by_side)
            self._is_alone = True
        finally:
            self._waiting_alone -= 1
            self._change()
        try:
            yield
        finally:
            self._is_alone = False
            self._change()

    async def _until(self, is_free: Callable[[], bool]) -> None:
        while not is_free():
            await self._changed.wait()

    def _change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
