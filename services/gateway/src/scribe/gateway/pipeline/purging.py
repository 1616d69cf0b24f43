"""Storage follows the work in progress: what no step needs any more leaves PIPELINE.

Each message is purged by its own subject. A purge by a pattern makes nats-server count anew what waits at every
consumer of the stream, which takes the longer the more is queued; a purge of one message does not.
"""

import asyncio
from collections.abc import Callable, Iterable
from uuid import UUID

from nats.js import JetStreamContext

from scribe.common.errors import UnreadableMessageError
from scribe.common.messaging.streams import MEMO, PIPELINE
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import ANY, Subject, pipeline_subject


async def purge_runs(js: JetStreamContext, task_id: UUID, last: int | None, route: Route = ROUTE) -> None:
    """Purge a task's messages of the runs up to `last` from PIPELINE; all of them where `last` is None.

    Not those of a later run: the task may be on its way again by the time its end is tidied up after.

    Raises:
        nats.errors.Error, APIError: NATS is away.
    """
    if last == 1:  # as nearly always: asking what is there would be one more request
        await _purge_each(js, (pipeline_subject(step, task_id, last) for step in (*route, Step.DONE)))
    else:
        await _purge(js, task_id, lambda subject: last is None or int(subject.run) <= last)


async def purge_answers(js: JetStreamContext, task_id: UUID, request: int | None = None) -> None:
    """Forget what a task has paid for since the user's request that began with run `request`; None: since any.

    Not what a later request, a retry, pays for meanwhile.

    Raises:
        nats.errors.Error, APIError: NATS is away.
    """
    await js.purge_stream(f"KV_{MEMO}", subject=f"$KV.{MEMO}.*.{task_id}.{request or ANY}.>")


async def purge_all_but(js: JetStreamContext, task_id: UUID, step: Step, run: int) -> None:
    """Purge a task's messages from PIPELINE, except that of `step` in `run`, which contains all earlier results.

    Raises:
        nats.errors.Error, APIError: NATS is away.
    """
    kept = pipeline_subject(step, task_id, run)
    await _purge(js, task_id, lambda subject: int(subject.run) <= run and subject != kept)


async def _purge(js: JetStreamContext, task_id: UUID, unwanted: Callable[[Subject], bool]) -> None:
    info = await js.stream_info(PIPELINE, subjects_filter=str(pipeline_subject(ANY, task_id)))
    there = [subject for text in info.state.subjects or () if (subject := _readable(text))]
    await _purge_each(js, filter(unwanted, there))


async def _purge_each(js: JetStreamContext, subjects: Iterable[Subject]) -> None:
    await asyncio.gather(*(js.purge_stream(PIPELINE, subject=str(subject)) for subject in subjects))


def _readable(text: str) -> Subject | None:
    """The subject; None for what somebody has put there by hand and `max_age` will take out."""
    try:
        subject = Subject.parse(text)
    except UnreadableMessageError:
        return None
    return subject if subject.run.isdecimal() else None
