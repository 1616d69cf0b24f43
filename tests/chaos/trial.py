"""`python -m tests.chaos.trial`: try the cells that are named, which share a platform, and print a row of each as JSON.

A process of its own, so that a cell that hangs can be killed, with everything that it has started.
"""

import argparse
import asyncio
import os
import signal
import sys

from pydantic import BaseModel

from scribe.common.process.signals import unwind_on_signals
from scribe.local.launch import die_with_parent
from tests.chaos.benches import SYSTEMS
from tests.chaos.running import rows

INTERRUPTED = 130
"""The exit code of a run that was ended by a signal, after what it had started is gone."""


class Task(BaseModel):
    """What to try, and how."""

    peer: str
    names: tuple[str, ...]
    items: int
    seed: int
    timeout: float


async def run(task: Task) -> None:
    """Each row is printed as soon as it is there."""
    system = SYSTEMS[task.peer]
    by_name = {cell.name: cell for cell in system.cells}
    cells = [by_name[name] for name in task.names]
    async for row in rows(cells, task.items, task.seed, task.timeout, system.open_bench):
        print(row.model_dump_json(), flush=True)


def main() -> int:
    """Read the task."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.trial", description=__doc__)
    parser.add_argument("task", help="as JSON")
    die_with_parent(os.getppid(), signal.SIGKILL)
    unwind_on_signals(INTERRUPTED)
    asyncio.run(run(Task.model_validate_json(parser.parse_args().task)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
