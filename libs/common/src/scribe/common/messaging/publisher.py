"""Publishing to the streams: acknowledged by the server, once per message id, held while the server is away.

An answer counts as success when the PubAck says `duplicate`, or when the stream refuses a second message on the same
subject: both mean that the transition is already stored. A full stream answers with the same error code and another
text (measured on nats-server 2.15.1); that is never success.
"""

from collections.abc import Mapping
from uuid import UUID

import nats.errors
from nats.js.errors import APIError, NoStreamResponseError
from opentelemetry import propagate

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.observability.spans import publish_span
from scribe.common.tasks.data import PipelineData, encode
from scribe.common.tasks.progress import Progress, State
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import Subject, deadletter_subject

MESSAGE_ID = "Nats-Msg-Id"
SUBJECT_LIMIT_CODE = FULL_CODE = 10077
"""One code for two refusals, told apart by their text: the subject is taken, or the stream is full."""
SUBJECT_TAKEN = "maximum messages per subject exceeded"

REASON, ERROR_CLASS, ATTEMPTS, ORIGINAL_SUBJECT = (
    "Scribe-Reason",
    "Scribe-Error-Class",
    "Scribe-Attempts",
    "Scribe-Original-Subject",
)


class StreamFullError(UnavailableError):
    """The stream has no room for the message; something has to leave it first."""


class Publisher:
    """Writes transitions, events and dead letters. A method returns once the server has stored the message, but for
    `event_unconfirmed`.

    Each raises UnavailableError while NATS is away or a stream is full.
    """

    def __init__(self, broker: Broker) -> None:
        self._js = broker.js
        self._client = broker.client

    async def transition(self, data: PipelineData, progress: Progress) -> None:
        """Publish the work of `progress.step`, or the end of the task; the end has no body, its headers say all."""
        body = b"" if progress.state is State.DONE else encode(data)
        subject = progress.subject
        message_id = subject.message_id
        with publish_span(subject.destination, subject.task_id, message_id, len(body)):
            await self.publish(subject, body, {**progress.headers(), MESSAGE_ID: message_id})

    async def event(self, progress: Progress, *, repeat: int = 0) -> None:
        """Publish what happened between two transitions. With the same `repeat` again it is stored once."""
        await self.publish(progress.subject, b"", _event_headers(progress, repeat))

    async def event_unconfirmed(self, progress: Progress) -> None:
        """Hand an event to the connection, before all that is published afterwards, without waiting until it is stored:
        where its loss costs little.
        """
        carrier = _event_headers(progress)
        propagate.inject(carrier)
        try:
            await self._client.publish(str(progress.subject), b"", headers=carrier)
        except (nats.errors.Error, OSError) as error:
            raise UnavailableError(f"NATS did not take an event: {type(error).__name__}") from error

    async def dead_letter(
        self, step: Step, task_id: UUID | str, body: bytes, headers: Mapping[str, str], why: Mapping[str, str]
    ) -> None:
        """Keep a message that no attempt could finish, with its original headers and `why` beside them."""
        kept = {name: value for name, value in headers.items() if not name.startswith("Nats-")}
        message_id = f"{why[ORIGINAL_SUBJECT]}:{why[ATTEMPTS]}"
        subject = deadletter_subject(step, task_id)
        with publish_span(subject.destination, subject.task_id, message_id, len(body)):
            await self.publish(subject, body, {**kept, **why, MESSAGE_ID: message_id})

    async def publish(self, subject: Subject, body: bytes, headers: Mapping[str, str]) -> None:
        """Store one message, with the current trace context in its headers."""
        carrier = dict(headers)
        propagate.inject(carrier)
        try:
            await self._js.publish(str(subject), body, headers=carrier)
        except APIError as error:
            if is_subject_taken(error):
                return
            refusal = StreamFullError if error.err_code == FULL_CODE else UnavailableError
            raise refusal(f"a stream refused a message: {error.err_code} {error.description}") from error
        except (nats.errors.Error, NoStreamResponseError, OSError) as error:
            raise UnavailableError(f"NATS did not acknowledge a message: {type(error).__name__}") from error


def _event_headers(progress: Progress, repeat: int = 0) -> dict[str, str]:
    message_id = f"{progress.task_id}:{progress.run}:{progress.step}:{progress.attempt}:{progress.state}"
    message_id += f":{repeat}" if repeat else ""
    return {**progress.headers(), MESSAGE_ID: message_id}


def is_subject_taken(error: APIError) -> bool:
    """Whether the stream already holds a message on this subject, as opposed to being full."""
    return error.err_code == SUBJECT_LIMIT_CODE and SUBJECT_TAKEN in (error.description or "")
