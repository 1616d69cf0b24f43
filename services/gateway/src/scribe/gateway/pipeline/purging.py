"""Storage follows the work in progress: what belongs to a task that has ended leaves PIPELINE."""

import asyncio
from collections.abc import Iterable
from uuid import UUID

from nats.js import JetStreamContext

from scribe.common.messaging.streams import PIPELINE
from scribe.common.tasks.subject import ANY, pipeline_subject


async def purge_runs(js: JetStreamContext, task_id: UUID, last: int | None) -> None:
    """Take a task's messages out of PIPELINE up to its run `last`; all of them where there is none.

    Not those of a later run: the task may be on its way again by the time its end is tidied up after.
    """
    runs: Iterable[int | str] = range(1, last + 1) if last else (ANY,)
    await asyncio.gather(*(js.purge_stream(PIPELINE, subject=str(pipeline_subject(ANY, task_id, run))) for run in runs))
