"""The rows as a table in Markdown, and where it stands in the documentation."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.chaos.row import Row

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/guarantees.md"
COLUMNS = (
    "fault",
    "seen to happen",
    "accepted",
    "completed",
    "failed",
    "cancelled",
    "lost",
    "duplicated",
    "stuck",
    "paid twice",
    "seconds after the fault",
    "seconds in all",
    "promises",
    "Celery + Redis",
)
HEADER = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"
_PLACE = re.compile(r"(?<=<!-- chaos -->\n).*(?=<!-- /chaos -->)", re.DOTALL)


def as_line(row: Row, peer: str = "") -> str:
    """One line of the table; `peer` is what became of the peer under the same fault."""
    if row.not_run:
        reason = "; ".join((f"not run: {row.not_run}", *row.breaches))
        return _line(row.name, *[""] * (len(COLUMNS) - 3), reason, peer)
    items = (row.accepted, row.completed, row.failed, row.cancelled, row.lost, row.duplicated, row.stuck, row.repeated)
    seen = ", ".join(f"{what} {times} x" for what, times in row.traces.items())
    seconds = (f"{row.recovery:.0f}", f"{row.seconds:.0f}")
    return _line(row.name, seen, *map(str, items), *seconds, _promises(row), peer)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _promises(row: Row) -> str:
    """What was broken, or that nothing was; and what would not have counted."""
    held = "; ".join(row.breaches) or "held"
    return f"{held} ({'; '.join(row.allowed)})" if row.allowed else held


def in_short(row: Row) -> str:
    """A cell of the peer's column."""
    if row.not_run:
        return f"not run: {row.not_run}"
    return (
        f"{row.completed} of {row.accepted} completed, {row.failed} failed, {row.stuck} stuck,"
        f" {row.repeated} paid twice, {row.recovery:.0f} s"
    )


def write(command: str, conditions: str, rows: Sequence[Row], path: Path = PAGE) -> None:
    """Put the table in the place of the one before; what the peer's column says is taken over."""
    page = path.read_text("utf-8")
    peers = {name: cells[-1] for name, *cells in _cells(page)}
    lines = [as_line(row, peers.get(row.name, "")) for row in rows]
    table = "\n".join((f"`{command}`, {conditions}:", "", HEADER, *lines, ""))
    path.write_text(_PLACE.sub(lambda _: table, page), "utf-8")


def write_peer(rows: Sequence[Row], path: Path = PAGE) -> None:
    """Put what became of the peer into its column, in the rows of the same names."""
    page = path.read_text("utf-8")
    peers = {row.name: in_short(row) for row in rows}
    for name, *cells in _cells(page):
        if name in peers:
            old, new = (_line(name, *cells[:-1], last) for last in (cells[-1], peers[name]))
            page = page.replace(old, new)
    path.write_text(page, "utf-8")


def _cells(page: str) -> list[list[str]]:
    """The cells of the table's rows."""
    table = _PLACE.search(page)
    lines = table.group().splitlines() if table else []
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines if line.startswith("| ")]
    return [cells for cells in rows if len(cells) == len(COLUMNS)]
