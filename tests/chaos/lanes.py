"""Cells in processes of their own, several at once; one that takes too long is killed, and the next begins."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.cell import Cell
from tests.chaos.row import Row
from tests.chaos.trial import Task

ROOT = Path(__file__).resolve().parents[2]
CLOSING = 60.0
"""Seconds that a process has to stop its platform after the last row."""
ENDING = 20.0
"""Seconds that it has when it is told to end before."""


@dataclass(frozen=True)
class Lanes:
    """`task` is what each process is told, but for the names.

    A cell may take `limit` seconds, and `count` run at once. `command` tries the cells of the task that is appended.
    """

    task: Task
    limit: float
    count: int
    command: tuple[str, ...] = (sys.executable, "-m", "tests.chaos.trial")

    async def rows(self, groups: Sequence[list[Cell]]) -> AsyncIterator[Row]:
        """Of all cells, as they come; a group is tried in one process."""
        waiting, found = iter(groups), asyncio.Queue[Row | None]()

        async def lane() -> None:
            for group in waiting:
                await self._try(group, found)
            await found.put(None)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(self.count):
                tasks.create_task(lane())
            running = self.count
            while running:
                row = await found.get()
                if row is None:
                    running -= 1
                else:
                    yield row

    async def _try(self, cells: Sequence[Cell], found: "asyncio.Queue[Row | None]") -> None:
        """A group; after a cell that gave no row, the rest is tried by a new process."""
        names = [cell.name for cell in cells]
        while names:
            async for row in self._process(names):
                names.remove(row.name)
                await found.put(row)

    async def _process(self, names: Sequence[str]) -> AsyncIterator[Row]:
        """The rows that one process gives, until it has given all, ends early, or is killed at the limit."""
        told = self.task.model_copy(update={"names": tuple(names)})
        process = await asyncio.create_subprocess_exec(
            *(*self.command, told.model_dump_json()),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None
        try:
            for name in tuple(names):
                row, reason = await self._next(process.stdout)
                yield row or Row(name=name, not_run=reason, breaches=("its end was not reached",))
                if row is None:
                    return
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), CLOSING)
        finally:
            await _end(process)

    async def _next(self, output: asyncio.StreamReader) -> tuple[Row | None, str]:
        """The next row, or why there is none."""
        try:
            line = await asyncio.wait_for(output.readline(), self.limit)
        except TimeoutError:
            return None, f"killed after {self.limit:.0f} s"
        return (Row.model_validate_json(line), "") if line else (None, "the process that tried it ended")


async def _end(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, upon which it stops its platform and deletes its folder; SIGKILL where it does not."""
    for end in (process.terminate, process.kill):
        with suppress(ProcessLookupError, TimeoutError):
            end()
            await asyncio.wait_for(process.wait(), ENDING)
