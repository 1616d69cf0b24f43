"""The letters of DEADLETTER: one is open for as long as its message is there, and closed by taking it out."""

from collections import Counter
from uuid import UUID

from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from scribe.common.errors import UnreadableMessageError
from scribe.common.messaging.streams import DEADLETTER
from scribe.common.tasks.subject import ANY, Subject, deadletter_subject


async def last_letter(js: JetStreamContext, task_id: UUID) -> int | None:
    """The sequence of a task's newest dead letter in DEADLETTER; None if it has none.

    Raises:
        NATS_UNAVAILABLE: NATS is away.
    """
    try:
        return (await js.get_last_msg(DEADLETTER, str(deadletter_subject(ANY, task_id)))).seq
    except NotFoundError:
        return None


async def close_letters(js: JetStreamContext, task_id: UUID, last: int) -> None:
    """Remove a task's letters up to the sequence `last`; one that comes later stays open.

    Raises:
        NATS_UNAVAILABLE: NATS is away.
    """
    await js.purge_stream(DEADLETTER, seq=last + 1, subject=str(deadletter_subject(ANY, task_id)))


async def count_open(js: JetStreamContext) -> Counter[str]:
    """How many letters are open, by step.

    Raises:
        NATS_UNAVAILABLE: NATS is away.
    """
    info = await js.stream_info(DEADLETTER, subjects_filter=str(deadletter_subject()))
    counts: Counter[str] = Counter()
    for text, messages in (info.state.subjects or {}).items():
        try:
            counts[Subject.parse(text).step] += messages
        except UnreadableMessageError:
            continue
    return counts
