"""What a message tells the projector of its task, carried whole in the subject and the headers.

The projector's consumers are `headers_only`: a transition's body may be half a megabyte, its progress is a few hundred
bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
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
NOT_BEFORE, POSITION = "Scribe-Not-Before", "Scribe-Position"


class State(StrEnum):
    """What has become of a task: a transition queues it at a step or ends it; the others are EVENTS."""

    QUEUED = "queued"
    DONE = "done"
    STARTED = "started"
    RETRYING = "retrying"
    WAITING = "waiting"
    FAILED = "failed"
    CANCELLED = "cancelled"


_PHASES = {
    State.QUEUED: Phase.QUEUED,
    State.STARTED: Phase.STARTED,
    State.RETRYING: Phase.RETRYING,
    State.WAITING: Phase.RETRYING,
    State.FAILED: Phase.FAILED,
    State.CANCELLED: Phase.FAILED,
}


@dataclass(frozen=True)
class Progress:
    """One state of one task.

    `timings` are seconds per finished step; `error` is the sentence the user reads; `position` is the place among all
    tasks that wait for the same service.
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
    not_before: datetime | None = None
    position: int | None = None

    @property
    def rank(self) -> int:
        """The state's place in the order that the projector keeps."""
        if self.state is State.DONE:
            return COMPLETED_RANK
        return state_rank(self.run, self.step, self.attempt, _PHASES[self.state])

    @property
    def subject(self) -> Subject:
        """Where the message of this state is published."""
        if self.state in (State.QUEUED, State.DONE):
            return pipeline_subject(self.step, self.task_id, self.run)
        return event_subject(self.user_id, self.task_id, self.state)

    def headers(self) -> dict[str, str]:
        """The headers of the message of this state."""
        optional = {
            SKIPPED: ",".join(self.skipped),
            TEMPLATE_TYPE: self.template_type or "",
            EMAIL: str(self.email_id or ""),
            ERROR: json.dumps(self.error) if self.error else "",
            NOT_BEFORE: self.not_before.isoformat() if self.not_before else "",
            POSITION: str(self.position or ""),
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


def read_progress(subject: Subject, headers: Mapping[str, str], route: Route = ROUTE) -> Progress:
    """The progress that a message of PIPELINE or EVENTS tells of.

    Raises:
        UnreadableMessageError: the subject or a header is missing or malformed.
    """
    try:
        return _read(subject, headers, route)
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableMessageError(f"no progress in {subject.root}: {type(error).__name__}") from None


def _read(subject: Subject, headers: Mapping[str, str], route: Route) -> Progress:
    step = route.named(headers[STEP])
    state = _transition_state(step) if subject.root == "pipeline" else State(subject.state)
    not_before = headers.get(NOT_BEFORE)
    template_type = headers.get(TEMPLATE_TYPE)
    email_id = headers.get(EMAIL)
    error = headers.get(ERROR)
    position = headers.get(POSITION)
    return Progress(
        state=state,
        task_id=UUID(subject.task_id),
        user_id=UUID(headers[USER]),
        run=int(headers[RUN]),
        step=step,
        at=_moment(headers[AT]),
        attempt=int(headers.get(ATTEMPT, "0")),
        timings={str(name): float(value) for name, value in json.loads(headers.get(TIMINGS, "{}")).items()},
        skipped=tuple(name for name in headers.get(SKIPPED, "").split(",") if name),
        template_type=TemplateType(template_type) if template_type else None,
        email_id=UUID(email_id) if email_id else None,
        error=str(json.loads(error)) if error else None,
        not_before=_moment(not_before) if not_before else None,
        position=int(position) if position else None,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def _transition_state(step: Step) -> State:
    return State.DONE if step == Step.DONE else State.QUEUED
