"""`python -m tests.chaos`: every fault on real processes, a table at the end, exit code 1 where a promise is broken."""

import argparse
import asyncio
import os
import sys
import time
from datetime import UTC, datetime

from tests.chaos.cell import Cell, Outcome
from tests.chaos.cells import CELLS
from tests.chaos.peer import CELLS as PEER_CELLS
from tests.chaos.peer import running_peer
from tests.chaos.running import OpenBench, outcomes, running_bench
from tests.chaos.table import HEADER, NotRun, row, write, write_peer

BENCHES: dict[str, tuple[tuple[Cell, ...], OpenBench]] = {
    "": (CELLS, running_bench),
    "celery": (PEER_CELLS, running_peer),
}


async def run(cells: list[Cell], told: argparse.Namespace, open_bench: OpenBench) -> list[Outcome | NotRun]:
    """The cells, with each row as soon as it is there, and what runs at the moment on standard error."""
    found: list[Outcome | NotRun] = []
    print(HEADER, flush=True)
    started = time.monotonic()
    async for outcome in outcomes(cells, told.items, told.seed, told.timeout, open_bench):
        found.append(outcome)
        print(row(outcome), flush=True)
        print(f"{len(found)} of {len(cells)} cells, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return found


def arguments() -> argparse.Namespace:
    """What the command was told."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--items", type=int, default=1000, help="items in each cell")
    parser.add_argument("--seed", type=int, default=1, help="of what is chosen at random")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds after which an item counts as stuck")
    parser.add_argument("--cells", default="", help="run only cells whose names contain one of these, comma-separated")
    parser.add_argument("--peer", default="", choices=BENCHES, help="try the faults on another system")
    parser.add_argument("--list", action="store_true", help="name the cells, and run none")
    parser.add_argument("--write", action="store_true", help="put the table into docs/explanation/guarantees.md")
    return parser.parse_args()


def main() -> int:
    """Run the cells, and say whether every promise was kept."""
    told = arguments()
    wanted = [part.strip() for part in told.cells.split(",") if part.strip()]
    all_cells, open_bench = BENCHES[told.peer]
    cells = [cell for cell in all_cells if not wanted or any(part in cell.name for part in wanted)]
    if told.list:
        print("\n".join(cell.name for cell in cells))
        return 0
    started = time.monotonic()
    found = asyncio.run(run(cells, told, open_bench))
    seconds = time.monotonic() - started
    broken = [outcome for outcome in found if outcome.breaches]
    print(f"\n{len(found)} cells, {len(broken)} with a breach, {seconds:.0f} s")
    if told.write and told.peer:
        write_peer(found)
    elif told.write:
        when = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {seconds / 60:.0f} min"
        write(f"make chaos ITEMS={told.items} SEED={told.seed} WRITE=1", when, found)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
