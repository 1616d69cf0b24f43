"""From what the messages of a batch tell to the arrays of one UPDATE."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from scribe.common.tasks.progress import Progress, State
from scribe.common.tasks.route import Route

MAX_REQUEUES = 20
"""How often an item is sent back to the relay by itself (postponed, or re-issued) before it is given up."""

_STATUS = {
    State.QUEUED: "processing",
    State.STARTED: "processing",
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


def without_endless_postponement(state: Progress, requeues: int) -> Progress:
    """The state, or a failure where it would postpone a task that has come back too often already.

    Without an error the task was released because something all work needs is away, which is waited for.
    """
    if state.not_before is None or state.error is None or requeues < MAX_REQUEUES:
        return state
    return replace(state, state=State.FAILED, not_before=None)


def columns(states: Sequence[Progress], requeues: Mapping[UUID, int], route: Route) -> list[list[object]]:
    """The arrays of the `project` query. `requeues` says how often each task has come back already."""
    rows = [_row(without_endless_postponement(state, requeues.get(state.task_id, 0)), route) for state in states]
    return [list(column) for column in zip(*rows, strict=True)]


def _row(state: Progress, route: Route) -> tuple[object, ...]:
    postponed = state.not_before is not None
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
        state.error or "",
        state.step if postponed else None,
        state.not_before,
        state.position,
        state.at,
    )
