"""One row of the table, as it passes from the process that ran a cell to the one that prints it."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from tests.chaos.cell import Cell
from tests.chaos.checker import Allowance, Verdict
from tests.chaos.traces import Traces


class Row(BaseModel):
    """Numbers of items, and seconds: `phases` those of its parts, `seconds` those in all, with the platform's start.

    `traces` show that the fault happened. `not_run` is the reason where this machine cannot run the cell.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    not_run: str = ""
    breaches: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    traces: Mapping[str, int] = {}
    accepted: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0
    lost: int = 0
    duplicated: int = 0
    stuck: int = 0
    repeated: int = 0
    phases: Mapping[str, float] = {}
    seconds: float = 0.0

    @property
    def recovery(self) -> float:
        """Seconds from the fault's end until everything had ended."""
        return self.phases.get("recovery", 0.0)


def allowance(cell: Cell, traces: Traces) -> Allowance:
    """What the cell may cost: a worker that was killed or stood still may repeat what it had under way, once."""
    return Allowance(cell.fails, traces.interrupted + cell.repeats, None if cell.repeats else traces.calls)


def row_of(cell: Cell, verdict: Verdict, traces: Traces, wrong: tuple[str, ...], phases: Mapping[str, float]) -> Row:
    """The row of a cell that ran."""
    breaches = verdict.breaches(allowance(cell, traces)) + wrong
    return Row(
        name=cell.name,
        breaches=breaches + (tuple(traces.missing()) if cell.happens else ()),
        allowed=_allowed(cell, verdict, traces),
        traces=traces.counts,
        accepted=verdict.accepted,
        completed=verdict.completed,
        failed=verdict.failed,
        cancelled=verdict.cancelled,
        lost=verdict.lost,
        duplicated=verdict.duplicated,
        stuck=verdict.stuck,
        repeated=verdict.repeated,
        phases=phases,
    )


def _allowed(cell: Cell, verdict: Verdict, traces: Traces) -> tuple[str, ...]:
    """What would have been no breach, and why."""
    allowed = [f"{cell.fails} may fail"] if cell.fails else []
    if cell.repeats:
        allowed.append(f"one call may be repeated {cell.repeats} x: {cell.why}")
    if traces.calls:
        allowed.append(f"{traces.interrupted} workers ended or stopped amid {traces.calls} paid calls at most")
    if verdict.unread:
        allowed.append(f"{verdict.unread} answers arrived broken and were asked for again")
    return tuple(allowed)
