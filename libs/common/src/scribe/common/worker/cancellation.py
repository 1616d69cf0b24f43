"""Cancelled tasks, as a worker sees them: a KV entry to check, and a core message that interrupts."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from nats.aio.msg import Msg
from nats.js.errors import KeyNotFoundError
from nats.js.kv import KeyValue

from scribe.common.errors import CancelledTaskError, UnavailableError
from scribe.common.messaging.broker import NATS_UNAVAILABLE, Broker
from scribe.common.messaging.streams import CANCELLED
from scribe.common.process.ending import cancel_and_wait
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.subject import CANCEL_PREFIX, cancel_subject
from scribe.common.worker.cancelled_runs import CancelledRuns


class Cancellations:
    """Which tasks the user has cancelled. An entry maps a task to the last run that is not to go on.

    The bucket itself is asked only while `known`, which is the same in memory, is not current.
    """

    def __init__(self, bucket: KeyValue, known: CancelledRuns) -> None:
        self._bucket = bucket
        self._known = known
        self._running: dict[str, dict[asyncio.Task[object], int]] = {}
        self._interrupted: set[asyncio.Task[object]] = set()

    async def raise_if_cancelled(self, data: PipelineData) -> None:
        """Check before a step and before publishing its result.

        Raises:
            CancelledTaskError: the task's run was cancelled. UnavailableError: NATS did not answer.
        """
        task_id = str(data.task_id)
        last = self._known.last_of(task_id) if self._known.is_current else await self._ask(task_id)
        if data.run <= last:
            raise CancelledTaskError("the task was cancelled")

    async def _ask(self, task_id: str) -> int:
        try:
            entry = await self._bucket.get(task_id)
        except KeyNotFoundError:
            return 0
        except NATS_UNAVAILABLE as error:
            raise UnavailableError(f"the bucket of cancelled tasks: {type(error).__name__}") from error
        return int(entry.value or 0)

    @contextmanager
    def interruptible(self, task_id: UUID, run: int) -> Iterator[None]:
        """A block that ends with CancelledTaskError when this run of the task is cancelled while the block runs."""
        current = asyncio.current_task()
        if current is None:
            raise RuntimeError("interruptible needs a running asyncio task")
        running = self._running.setdefault(str(task_id), {})
        running[current] = run
        try:
            yield
        except asyncio.CancelledError:
            if current not in self._interrupted:
                raise
            current.uncancel()
            raise CancelledTaskError("the task was cancelled while it ran") from None
        finally:
            self._interrupted.discard(current)
            running.pop(current, None)
            if not running:
                self._running.pop(str(task_id), None)

    async def interrupt(self, message: Msg) -> None:
        """Handle a message on `cancel.<task_id>`, whose body is the last cancelled run.

        A gateway of the release before sends no body: then nothing is interrupted, and the next check of the bucket
        finds the cancellation.
        """
        if not message.data.isdigit():
            return
        task_id, last = message.subject.removeprefix(CANCEL_PREFIX), int(message.data)
        self._known.note(task_id, last)
        for task, run in tuple(self._running.get(task_id, {}).items()):
            if run <= last:
                self._interrupted.add(task)
                task.cancel()


@asynccontextmanager
async def open_cancellations(broker: Broker) -> AsyncIterator[Cancellations]:
    """The cancelled tasks, listening for interruptions."""
    known = CancelledRuns(broker)
    cancellations = Cancellations(await broker.js.key_value(CANCELLED), known)
    subscription = await broker.client.subscribe(cancel_subject("*"), cb=cancellations.interrupt)
    following = asyncio.create_task(known.follow())  # should it ever end, the memory is not current any more
    try:
        yield cancellations
    finally:
        await cancel_and_wait(following)
        if not broker.client.is_closed:
            await subscription.unsubscribe()
