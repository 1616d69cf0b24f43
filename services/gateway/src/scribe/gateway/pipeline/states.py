"""From the states in a batch of messages to the arrays of one UPDATE."""

import json
from collections.abc import Iterable, Sequence
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


def highest(progress: Iterable[Progress]) -> list[Progress]:
    """The highest state of each task."""
    best: dict[UUID, Progress] = {}
    for state in progress:
        if state.task_id not in best or best[state.task_id].rank < state.rank:
            best[state.task_id] = state
    return list(best.values())


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


def _row(state: Progress, route: Route) -> tuple[object, ...]:
    postponed = state.delay is not None
    return (
        state.task_id,
        state.rank,
        "pending" if postponed else _STATUS[state.state],
        state.run + 1 if postponed else state.run,
        state.attempt,
        state.step.wire_name or None,
        state.state.value,
        json.dumps({route.wire_name(step): seconds for step, seconds in state.timings.items()}),
        ",".join(route.wire_name(step) for step in state.skipped),
        state.template_type,
        state.email_id,
        sentence(state),
        state.step if postponed else None,
        state.delay,
        state.position,
        state.at,
        state.notice,
    )
