"""`python -m tests.chaos`: every fault on real processes, a table at the end, exit code 1 where a promise is broken."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from scribe.common.process.signals import unwind_on_signals
from tests.chaos.benches import SYSTEMS
from tests.chaos.cell import Cell
from tests.chaos.lanes import Lanes
from tests.chaos.results import Results
from tests.chaos.row import Row
from tests.chaos.table import HEADER, as_line, write, write_peer
from tests.chaos.trial import INTERRUPTED, Task


async def run(groups: Sequence[list[Cell]], lanes: Lanes, results: Results) -> None:
    """The cells, with each row as soon as it is there, and how far it is on standard error."""
    print(HEADER, flush=True)
    count, of, started = 0, sum(map(len, groups)), time.monotonic()
    async for row in lanes.rows(groups):
        results.add(row)
        print(as_line(row), flush=True)
        count += 1
        phases = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in row.phases.items())
        print(f"{progress(count, of, time.monotonic() - started)} ({phases})", file=sys.stderr, flush=True)


def progress(count: int, of: int, seconds: float) -> str:
    """How far a run is, and when it will be over if the cells that are left take as long as those before."""
    return f"{count} of {of} cells, {seconds:.0f} s, about {seconds / count * (of - count):.0f} s left"


def arguments() -> argparse.Namespace:
    """What the command was told."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--items", type=int, default=1000, help="items in each cell")
    parser.add_argument("--seed", type=int, default=1, help="of what is chosen at random")
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds after a fault until an item is stuck")
    parser.add_argument("--limit", type=float, default=600.0, help="seconds after which a cell is killed")
    parser.add_argument("--lanes", type=int, default=3, help="platforms that are tried at once")
    parser.add_argument("--cells", default="", help="run only cells whose names contain one of these, comma-separated")
    parser.add_argument("--peer", default="", choices=SYSTEMS, help="try the faults on another system")
    parser.add_argument("--list", action="store_true", help="name the cells, and run none")
    parser.add_argument("--continue", dest="goes_on", action="store_true", help="keep the rows of a run that was ended")
    parser.add_argument("--write", action="store_true", help="put the table into docs/explanation/guarantees.md")
    return parser.parse_args()


def report(rows: Sequence[Row], seconds: float, told: argparse.Namespace) -> int:
    """The last line, the documentation where it is wanted, and the exit code."""
    broken = [row.name for row in rows if row.breaches]
    not_run = [row.name for row in rows if row.not_run and not row.breaches]
    print(f"\n{len(rows)} cells, {len(broken)} with a breach, {len(not_run)} not run, {seconds:.0f} s")
    if told.write and told.peer:
        write_peer(rows)
    elif told.write:
        when = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {told.lanes} at once, {_minutes(rows)}"
        chosen = f' CELLS="{told.cells}"' if told.cells else ""
        write(f"make chaos ITEMS={told.items} SEED={told.seed}{chosen} WRITE=1", when, rows)
    return 1 if broken else 0


def _minutes(rows: Sequence[Row]) -> str:
    """What the cells took together, also those that an earlier run has tried."""
    return f"{sum(row.seconds for row in rows) / 60:.0f} min of platforms"


def main() -> int:
    """Run the cells, and say whether every promise was kept."""
    told = arguments()
    wanted = [part.strip() for part in told.cells.split(",") if part.strip()]
    system = SYSTEMS[told.peer]
    cells = [cell for cell in system.cells if not wanted or any(part in cell.name for part in wanted)]
    names = [cell.name for cell in cells]
    if told.list:
        print("\n".join(names))
        return 0
    task = Task(peer=told.peer, names=(), items=told.items, seed=told.seed, timeout=told.timeout)
    results = Results(task)
    if not told.goes_on:
        results.begin()
    done = {row.name for row in results.rows(names)}
    groups = system.groups(tuple(cell for cell in cells if cell.name not in done))
    started = time.monotonic()
    unwind_on_signals(INTERRUPTED)
    asyncio.run(run(groups, Lanes(task, told.limit, told.lanes), results))
    return report(results.rows(names), time.monotonic() - started, told)


if __name__ == "__main__":
    sys.exit(main())
