"""The progress of a task, carried in the subject and the headers of a message.

The projector's consumers are `headers_only`: a transition's body may be half a megabyte, its headers are a few hundred
bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from scribe.common.errors import UnreadableMessageError
from scribe.common.tasks.data import PipelineData, TemplateType
from scribe.common.tasks.rank import COMPLETED_RANK, Phase, state_rank
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import Subject, event_subject, pipeline_subject

USER, STEP, RUN, ATTEMPT = "Scribe-User", "Scribe-Step", "Scribe-Run", "Scribe-Attempt"
AT, TIMINGS, SKIPPED = "Scribe-At", "Scribe-Step-Timings", "Scribe-Skipped"
TEMPLATE_TYPE, EMAIL, ERROR = "Scribe-Template-Type", "Scribe-Email-Id", "Scribe-Error"
DELAY, POSITION = "Scribe-Delay", "Scribe-Position"
FAILURES, ALONE = "Scribe-Failures", "Scribe-Alone"
CAUSE, NOTICE = "Scribe-Cause", "Scribe-Notice"
NOT_BEFORE = "Scribe-Not-Before"
"""What the release before reads and writes in place of the delay: the time, by a worker's clock."""


MAX_CAUSE = 500
"""Characters."""


class State(StrEnum):
    """What has become of a task: a transition queues it at a step or ends it; the others are EVENTS."""

    QUEUED = "queued"
    DONE = "done"
    STARTED = "started"
    HELD = "held"
    RETRYING = "retrying"
    WAITING = "waiting"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_transition(self) -> bool:
        """Whether its message is in PIPELINE."""
        return self in (State.QUEUED, State.DONE)

    @property
    def is_end(self) -> bool:
        """Whether the task is not worked on any more."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


_PHASES = {
    State.QUEUED: Phase.QUEUED,
    State.STARTED: Phase.STARTED,
    State.HELD: Phase.HELD,
    State.RETRYING: Phase.RETRYING,
    State.WAITING: Phase.RETRYING,
    State.FAILED: Phase.FAILED,
    State.CANCELLED: Phase.FAILED,
}


@dataclass(frozen=True)
class Progress:
    """One state of one task.

    `timings` are seconds per finished step; `error` is the sentence the user reads; `delay` are the seconds after which
    the task comes back to its step, counted by the database's clock; `position` is the place among all tasks that wait
    for the same service; `notice` is the sentence the user reads for as long as the task waits, `cause` says why in an
    engineer's words. `failures` counts the attempts at a message that ended with an error, `alone` those that have
    no outcome and had nothing beside them; both are for the worker that gets the message next.
    """

    state: State
    task_id: UUID
    user_id: UUID
    run: int
    step: Step
    at: datetime
    attempt: int = 0
    timings: Mapping[str, float] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    template_type: TemplateType | None = None
    email_id: UUID | None = None
    error: str | None = None
    delay: float | None = None
    position: int | None = None
    notice: str | None = None
    cause: str | None = None
    failures: int = 0
    alone: int = 0

    @property
    def rank(self) -> int:
        """The state's place in the order that the projector keeps."""
        if self.state is State.DONE:
            return COMPLETED_RANK
        return state_rank(self.run, self.step, self.attempt, _PHASES[self.state])

    @property
    def subject(self) -> Subject:
        """Where the message of this state is published."""
        if self.state.is_transition:
            return pipeline_subject(self.step, self.task_id, self.run)
        return event_subject(self.user_id, self.task_id, self.state)

    def headers(self) -> dict[str, str]:
        """The headers of the message of this state."""
        optional = {
            SKIPPED: ",".join(self.skipped),
            TEMPLATE_TYPE: self.template_type or "",
            EMAIL: str(self.email_id or ""),
            ERROR: json.dumps(self.error) if self.error else "",
            DELAY: "" if self.delay is None else f"{self.delay:.3f}",
            NOT_BEFORE: "" if self.delay is None else (self.at + timedelta(seconds=self.delay)).isoformat(),
            POSITION: str(self.position or ""),
            NOTICE: json.dumps(self.notice) if self.notice else "",
            CAUSE: json.dumps(self.cause[:MAX_CAUSE]) if self.cause else "",
            FAILURES: str(self.failures or ""),
            ALONE: str(self.alone or ""),
        }
        return {
            USER: str(self.user_id),
            STEP: self.step,
            RUN: str(self.run),
            ATTEMPT: str(self.attempt),
            AT: self.at.isoformat(),
            TIMINGS: json.dumps({step: round(seconds, 3) for step, seconds in self.timings.items()}),
            **{name: value for name, value in optional.items() if value},
        }


def progress_of(
    data: PipelineData, state: State, step: Step, at: datetime, *, attempt: int = 0, error: str | None = None
) -> Progress:
    """The progress of a task whose data is at hand."""
    return Progress(
        state=state,
        task_id=data.task_id,
        user_id=data.user_id,
        run=data.run,
        step=step,
        at=at,
        attempt=attempt,
        timings=data.step_timings,
        skipped=data.skipped,
        template_type=data.parsed.template_type if data.parsed else None,
        email_id=data.email_id,
        error=error,
    )


def read_progress(
    subject: Subject, headers: Mapping[str, str], route: Route = ROUTE, *, at: datetime | None = None
) -> Progress:
    """The progress in the headers of a message of PIPELINE or EVENTS; with `at`, of that time instead of its own.

    Raises:
        UnreadableMessageError: the subject or a header is missing or malformed.
    """
    try:
        return _read(subject, headers, route, at)
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableMessageError(f"no progress in {subject.root}: {type(error).__name__}") from None


def _read(subject: Subject, headers: Mapping[str, str], route: Route, at: datetime | None) -> Progress:
    step = route.named(headers[STEP])
    state = _transition_state(step) if subject.root == "pipeline" else State(subject.state)
    template_type = headers.get(TEMPLATE_TYPE)
    email_id = headers.get(EMAIL)
    position = headers.get(POSITION)
    told_at = _moment(headers[AT])
    return Progress(
        state=state,
        task_id=UUID(subject.task_id),
        user_id=UUID(headers[USER]),
        run=int(headers[RUN]),
        step=step,
        at=at or told_at,
        attempt=int(headers.get(ATTEMPT, "0")),
        timings={str(name): float(value) for name, value in json.loads(headers.get(TIMINGS, "{}")).items()},
        skipped=tuple(name for name in headers.get(SKIPPED, "").split(",") if name),
        template_type=TemplateType(template_type) if template_type else None,
        email_id=UUID(email_id) if email_id else None,
        error=_sentence(headers, ERROR),
        delay=_delay(headers),
        position=int(position) if position else None,
        notice=_sentence(headers, NOTICE),
        cause=_sentence(headers, CAUSE),
    )


def _sentence(headers: Mapping[str, str], name: str) -> str | None:
    text = headers.get(name)
    return str(json.loads(text)) if text else None


def _delay(headers: Mapping[str, str]) -> float | None:
    """Seconds. From a worker of the release before, the difference of two times by the same clock."""
    if DELAY in headers:
        return max(0.0, float(headers[DELAY]))
    if NOT_BEFORE in headers:
        return max(0.0, (_moment(headers[NOT_BEFORE]) - _moment(headers[AT])).total_seconds())
    return None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def _transition_state(step: Step) -> State:
    return State.DONE if step == Step.DONE else State.QUEUED
