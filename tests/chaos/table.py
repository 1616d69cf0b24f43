"""The outcomes as a table in Markdown, and where it stands in the documentation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.cell import Cell, Outcome

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/guarantees.md"
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
    "seconds to the end",
    "promises",
    "Celery + Redis",
)
HEADER = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
_PLACE = re.compile(r"(?<=<!-- chaos -->\n).*(?=<!-- /chaos -->)", re.DOTALL)


@dataclass(frozen=True)
class NotRun:
    """A cell that this machine cannot run."""

    cell: Cell
    reason: str
    breaches: tuple[str, ...] = ()


def row(outcome: Outcome | NotRun, peer: str = "") -> str:
    """One row of the table; `peer` is what became of the peer under the same fault."""
    if isinstance(outcome, NotRun):
        return f"| {outcome.cell.name} |{' |' * (len(COLUMNS) - 3)} not run: {outcome.reason} | {peer} |"
    v = outcome.verdict
    numbers = (v.accepted, v.completed, v.failed, v.cancelled, v.lost, v.duplicated, v.stuck, v.repeated)
    cells = (outcome.cell.name, *map(str, numbers), f"{outcome.recovery:.0f}", _promises(outcome), peer)
    return f"| {' | '.join(cells)} |"


def _promises(outcome: Outcome) -> str:
    """What was broken, or that nothing was; and what would not have counted."""
    held = "; ".join(outcome.breaches) or "held"
    allowed = [f"{outcome.cell.fails} may fail"] if outcome.cell.fails else []
    if outcome.cell.repeats:
        allowed.append(f"one call may be repeated {outcome.cell.repeats} x: {outcome.cell.why}")
    if outcome.kills:
        allowed.append(f"{outcome.kills} workers killed")
    return f"{held} ({'; '.join(allowed)})" if allowed else held


def in_short(outcome: Outcome | NotRun) -> str:
    """A cell of the peer's column."""
    if isinstance(outcome, NotRun):
        return f"not run: {outcome.reason}"
    v = outcome.verdict
    return (
        f"{v.completed} of {v.accepted} completed, {v.failed} failed, {v.stuck} stuck,"
        f" {v.repeated} paid twice, {outcome.recovery:.0f} s"
    )


def write(command: str, conditions: str, outcomes: Sequence[Outcome | NotRun]) -> None:
    """Put the table in the place of the one before; what the peer's column says is taken over."""
    page = PAGE.read_text("utf-8")
    peers = {name: cells[-1] for name, *cells in _rows(page)}
    rows = [row(outcome, peers.get(outcome.cell.name, "")) for outcome in outcomes]
    table = "\n".join((f"`{command}`, {conditions}:", "", HEADER, *rows, ""))
    PAGE.write_text(_PLACE.sub(lambda _: table, page), "utf-8")


def write_peer(outcomes: Sequence[Outcome | NotRun]) -> None:
    """Put what became of the peer into its column, in the rows of the same names."""
    page = PAGE.read_text("utf-8")
    peers = {outcome.cell.name: in_short(outcome) for outcome in outcomes}
    for name, *cells in _rows(page):
        if name in peers:
            old, new = (f"| {' | '.join((name, *cells[:-1], last))} |" for last in (cells[-1], peers[name]))
            page = page.replace(old, new)
    PAGE.write_text(page, "utf-8")


def _rows(page: str) -> list[list[str]]:
    """The cells of the table's rows."""
    table = _PLACE.search(page)
    lines = table.group().splitlines() if table else []
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [cells for cells in rows if len(cells) == len(COLUMNS)]
