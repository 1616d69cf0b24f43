"""What the loops measure of tasks."""

from collections.abc import Iterable
from datetime import UTC, datetime

import asyncpg

from scribe.common.messaging.streams import EVENTS, PIPELINE
from scribe.common.observability.metrics import TaskMetrics
from scribe.common.tasks.progress import Progress, State
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import Subject


def observe_ends(metrics: TaskMetrics, rows: Iterable[asyncpg.Record]) -> None:
    """Count the rows that have ended, and how long that took from their turn."""
    for row in rows:
        if row["status"] not in ("completed", "failed") or row["first_published_at"] is None:
            continue
        outcome = "cancelled" if row["cancelled_at"] else row["status"]
        metrics.duration.labels(outcome).observe(
            max(0.0, (row["completed_at"] - row["first_published_at"]).total_seconds())
        )


def observe_turn(metrics: TaskMetrics, row: asyncpg.Record) -> None:
    """Count a published row; where it is its first turn, also how long it waited for that."""
    metrics.relayed.labels("first" if row["run"] == 1 else "again").inc()
    if row["first_published_at"] is None and row["run"] == 1:
        metrics.wait.observe((datetime.now(UTC) - row["created_at"]).total_seconds())


def observe_projection(metrics: TaskMetrics, states: Iterable[Progress], applied: int) -> None:
    """Count a batch of states, of which `applied` changed a row, and how old they were."""
    now, seen = datetime.now(UTC), 0
    for state in states:
        stream = PIPELINE if state.state.is_transition else EVENTS
        metrics.projection_delay.labels(stream).observe(max(0.0, (now - state.at).total_seconds()))
        seen += 1
    metrics.projected.labels("applied").inc(applied)
    metrics.projected.labels("unchanged").inc(seen - applied)


def ends_task(subject: Subject) -> bool:
    """Whether the message on `subject` tells of a task's end."""
    return subject.step == Step.DONE or subject.state in (State.FAILED, State.CANCELLED)
