"""Converting the states in a batch of messages to the arrays of one UPDATE."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from scribe.common.errors import WorkError
from scribe.common.tasks.progress import Progress, State
from scribe.common.tasks.route import Route

MAX_REQUEUES = 20
"""How often an item that has made no progress is issued again before it is given up."""
CANCELLED_BY_USER = "Cancelled by you."

_STATUS = {
    State.QUEUED: "processing",
    State.STARTED: "processing",
    State.HELD: "processing",
    State.RETRYING: "processing",
    State.WAITING: "processing",
    State.DONE: "completed",
    State.FAILED: "failed",
    State.CANCELLED: "failed",
}


class Projected(NamedTuple):
    """What the `project` query takes of a state: its columns, by their names and in their order."""

    id: UUID
    rank: int
    status: str
    run: int
    attempt: int
    current_step: str | None
    step_status: str
    timings: str
    skipped: str
    template_type: str | None
    email_id: UUID | None
    error: str
    resume_step: str | None
    delay: float | None
    position: int | None
    at: datetime
    notice: str | None


def highest(progress: Iterable[Progress]) -> list[Progress]:
    """The highest state of each task."""
    best: dict[UUID, Progress] = {}
    for state in progress:
        if state.task_id not in best or best[state.task_id].rank < state.rank:
            best[state.task_id] = state
    return list(best.values())


def tasks_with_messages(progress: Iterable[Progress]) -> set[UUID]:
    """The tasks that may have a message in PIPELINE which was not there when their end was projected: what only tells
    of a step that is under way, however late, brings none.
    """
    return {p.task_id for p in progress if p.state.is_transition or p.state.is_end or p.delay is not None}


def columns(states: Sequence[Progress], route: Route) -> list[list[object]]:
    """The arrays of the `project` query."""
    return [list(column) for column in zip(*(_row(state, route) for state in states), strict=True)]


def sentence(state: Progress) -> str:
    """What the user reads of the state; no failure is without one."""
    if state.error:
        return state.error
    match state.state:
        case State.FAILED:
            return WorkError.default_public
        case State.CANCELLED:
            return CANCELLED_BY_USER
        case _:
            return ""


def _row(state: Progress, route: Route) -> Projected:
    postponed = state.delay is not None
    return Projected(
        id=state.task_id,
        rank=state.rank,
        status="pending" if postponed else _STATUS[state.state],
        run=state.run + 1 if postponed else state.run,
        attempt=state.attempt,
        current_step=state.step.wire_name or None,
        step_status=state.state.value,
        timings=json.dumps({route.wire_name(step): seconds for step, seconds in state.timings.items()}),
        skipped=",".join(route.wire_name(step) for step in state.skipped),
        template_type=state.template_type,
        email_id=state.email_id,
        error=sentence(state),
        resume_step=state.step if postponed else None,
        delay=state.delay,
        position=state.position,
        at=state.at,
        notice=state.notice,
    )
