"""The subjects on which messages travel, built and parsed in one place.

| subject                               | what it carries                            |
|---------------------------------------|--------------------------------------------|
| `pipeline.<step>.<task>.<run>`        | a transition: the work of a step, or `done` |
| `events.<user>.<task>.<state>`        | what happened between two transitions      |
| `deadletter.<step>.<task>`            | a message that no attempt could finish     |
| `lookups.<key>`                       | an author to be looked up on arXiv         |
| `papers.<key>`                        | arXiv's answer for an author               |
| `turns.<service>`                     | the right to ask a service now             |
| `notify.<user>` (core NATS)           | changes of a user's items                  |
| `cancel.<task>` (core NATS)           | interrupts the worker of a task            |
"""

from dataclasses import dataclass
from uuid import UUID

from scribe.common.errors import UnreadableMessageError
from scribe.common.tasks.steps import Step

ANY = "*"
_FORMS = {
    "pipeline": ("step", "task_id", "run"),
    "events": ("user_id", "task_id", "state"),
    "deadletter": ("step", "task_id"),
}


@dataclass(frozen=True)
class Subject:
    """A subject of PIPELINE, EVENTS or DEADLETTER; a part that is `*` matches every value, which makes it a filter."""

    root: str
    step: str = ANY
    user_id: str = ANY
    task_id: str = ANY
    run: str = ANY
    state: str = ANY

    def __str__(self) -> str:
        return ".".join((self.root, *(getattr(self, name) for name in _FORMS[self.root])))

    @property
    def destination(self) -> str:
        """What is the same for all users and tasks: `pipeline.parser`, `events.started`."""
        return f"{self.root}.{self.state if self.root == 'events' else self.step}"

    @property
    def message_id(self) -> str:
        """The `Nats-Msg-Id` of a transition."""
        return f"{self.task_id}:{self.run}:{self.step}"

    @classmethod
    def parse(cls, text: str) -> "Subject":
        """The subject that `text` writes.

        Raises:
            UnreadableMessageError: it has none of the forms above.
        """
        root, *tokens = text.split(".")
        names = _FORMS.get(root, ())
        if len(tokens) != len(names) or not names:
            raise UnreadableMessageError("a subject of an unknown form")
        return cls(root, **dict(zip(names, tokens, strict=True)))


def pipeline_subject(step: Step | str = ANY, task_id: UUID | str = ANY, run: int | str = ANY) -> Subject:
    """A transition: the work of `step`, or the end of the task when it is `done`."""
    return Subject("pipeline", step=str(step), task_id=str(task_id), run=str(run))


def event_subject(user_id: UUID | str = ANY, task_id: UUID | str = ANY, state: str = ANY) -> Subject:
    """An event of a task."""
    return Subject("events", user_id=str(user_id), task_id=str(task_id), state=str(state))


def deadletter_subject(step: Step | str = ANY, task_id: UUID | str = ANY) -> Subject:
    """A dead letter; `task_id` is whatever the original subject held."""
    return Subject("deadletter", step=str(step), task_id=str(task_id))


def lookup_subject(key: str) -> str:
    """An author to be looked up; `key` stands for the name."""
    return f"lookups.{key}"


def papers_subject(key: str) -> str:
    """The answer to the lookup with this key."""
    return f"papers.{key}"


def turn_subject(service: str) -> str:
    """The message that one process at a time is delivered, and only that may ask `service`."""
    return f"turns.{service}"


def notify_subject(user_id: UUID | str) -> str:
    """The core subject on which the projector announces changes of a user's items."""
    return f"notify.{user_id}"


CANCEL_PREFIX = "cancel."


def cancel_subject(task_id: UUID | str) -> str:
    """The core subject that interrupts a worker; `*` for all tasks."""
    return f"{CANCEL_PREFIX}{task_id}"
