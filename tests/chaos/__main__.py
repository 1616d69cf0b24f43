"""`python -m tests.chaos`: every fault on real processes, a table at the end, exit code 1 where a promise is broken."""

import argparse
import asyncio
import sys
import time

from tests.chaos.cells import CELLS
from tests.chaos.driver import Cell, Outcome, run_cell

COLUMNS = (
    "fault",
    "accepted",
    "completed",
    "failed",
    "cancelled",
    "lost",
    "duplicated",
    "stuck",
    "paid twice",
    "seconds",
)
HEADER = f"| {' | '.join(COLUMNS)} | promises |\n|{'---|' * (len(COLUMNS) + 1)}"


def row(outcome: Outcome) -> str:
    """The outcome in the table's columns."""
    v = outcome.verdict
    numbers = (v.accepted, v.completed, v.failed, v.cancelled, v.lost, v.duplicated, v.stuck, v.repeated)
    cells = (outcome.cell.name, *map(str, numbers), f"{outcome.recovery:.0f}", "; ".join(outcome.breaches) or "held")
    return f"| {' | '.join(cells)} |"


async def run(cells: list[Cell], items: int, seed: int, timeout: float) -> list[Outcome]:
    """One cell after the other, each on a platform of its own."""
    print(HEADER, flush=True)
    outcomes = []
    for cell in cells:
        outcome = await run_cell(cell, items, seed, timeout)
        print(row(outcome), flush=True)
        outcomes.append(outcome)
    return outcomes


def main() -> int:
    """Read the arguments, run, and say whether every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--items", type=int, default=1000, help="items in each cell")
    parser.add_argument("--seed", type=int, default=1, help="of what is chosen at random")
    parser.add_argument("--timeout", type=float, default=900.0, help="seconds after which an item counts as stuck")
    parser.add_argument("--cells", default="", help="run only cells whose names contain one of these, comma-separated")
    arguments = parser.parse_args()
    wanted = [part.strip() for part in arguments.cells.split(",") if part.strip()]
    cells = [cell for cell in CELLS if not wanted or any(part in cell.name for part in wanted)]
    started = time.monotonic()
    outcomes = asyncio.run(run(cells, arguments.items, arguments.seed, arguments.timeout))
    broken = [outcome for outcome in outcomes if outcome.breaches]
    print(f"\n{len(outcomes)} cells, {len(broken)} with a breach, {time.monotonic() - started:.0f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
