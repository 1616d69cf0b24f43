"""What the pipeline is doing, read from NATS alone; no Prometheus is needed.

Backlogs are those of the consumers. What has happened is read from the headers of PIPELINE and EVENTS, from five
minutes ago on: a message for a step, or the start of its work, tells that the step before has finished, and in how many
seconds. PIPELINE keeps no messages of ended tasks, so the ends of the last step are known only from the start of the
command on.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy

from scribe.common.errors import UnreadableMessageError
from scribe.common.messaging.broker import NATS_UNAVAILABLE
from scribe.common.messaging.streams import ASKER, EVENTS, LOOKUPS, PIPELINE
from scribe.common.tasks.progress import Progress, State, read_progress
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import Subject
from scribe.gateway.pipeline.backlog import Backlog, read_backlog
from scribe.local.errors import LocalError
from scribe.local.waits import Waits, stream_lines

WINDOW = timedelta(minutes=5)
RATE_WINDOW = timedelta(minutes=1)
EVENTS_WINDOW = timedelta(minutes=15)
"""Work is held for ten minutes at most before it says so again."""
MAX_KEPT = 20_000


@dataclass
class StepHistory:
    """What has happened at one step within the window, oldest first."""

    finished: deque[tuple[datetime, float]] = field(default_factory=lambda: deque(maxlen=MAX_KEPT))
    retries: deque[datetime] = field(default_factory=lambda: deque(maxlen=MAX_KEPT))
    failures: deque[datetime] = field(default_factory=lambda: deque(maxlen=MAX_KEPT))


@dataclass(frozen=True)
class Row:
    """One line: what waits, what runs, and the last minutes. `rate` is per minute, times are in seconds.

    Of the authors to be looked up on arXiv it is not known how many pulls and answers there are.
    """

    step: str
    waiting: int
    oldest: float
    in_progress: int
    idle_pulls: int | None = None
    rate: float | None = None
    p95: float | None = None
    retries: int = 0
    failures: int = 0


class Activity:
    """Collects what happens at each step from the messages of the streams, `since` when it is followed live."""

    def __init__(self, since: datetime | None = None) -> None:
        self.waits = Waits()
        self._since = since or datetime.now(UTC)
        self._steps = {step: StepHistory() for step in ROUTE}
        self._started: dict[tuple[UUID, int, Step], None] = {}
        self._known: dict[tuple[UUID, int, Step], None] = {}

    async def take(self, message: Msg) -> None:
        """Note one message of PIPELINE or EVENTS; one that cannot be read is ignored."""
        self.note(message.subject, message.headers or {})

    def note(self, subject: str, headers: Mapping[str, str]) -> None:
        """Note the progress in one message's headers."""
        try:
            progress = read_progress(Subject.parse(subject), headers)
        except UnreadableMessageError:
            return
        self.waits.note(progress)
        if progress.state in (State.QUEUED, State.STARTED, State.DONE):
            self._note_finish(progress)
        if progress.state is State.STARTED:
            _remember(self._started, (progress.task_id, progress.run, progress.step))
        elif progress.state is State.RETRYING and progress.step in self._steps:
            self._steps[progress.step].retries.append(progress.at)
        elif progress.state is State.FAILED and progress.step in self._steps:
            self._steps[progress.step].failures.append(progress.at)

    def _note_finish(self, progress: Progress) -> None:
        finished = step_before(progress)
        if finished is None:
            return
        key = (progress.task_id, progress.run, finished)
        is_inherited = progress.run > 1 and key not in self._started
        if is_inherited or key in self._known:
            return
        _remember(self._known, key)
        self._steps[finished].finished.append((progress.at, progress.timings[finished]))

    def row(self, backlog: Backlog, now: datetime) -> Row:
        """The table's row of one step."""
        happened = self._steps[ROUTE.named(backlog.consumer)]
        seconds = sorted(took for at, took in happened.finished if at > now - WINDOW)
        return Row(
            step=backlog.consumer,
            waiting=backlog.lag,
            oldest=backlog.oldest,
            in_progress=backlog.unsettled,
            idle_pulls=backlog.waiting_pulls,
            rate=sum(at > now - RATE_WINDOW for at, _ in happened.finished) / self._minutes(backlog.consumer, now),
            p95=seconds[math.ceil(0.95 * len(seconds)) - 1] if seconds else None,
            retries=sum(at > now - WINDOW for at in happened.retries),
            failures=sum(at > now - WINDOW for at in happened.failures),
        )

    def _minutes(self, step: str, now: datetime) -> float:
        """Over what time a rate is known: the ends of the last step only from the beginning of the command on."""
        known = min(RATE_WINDOW, now - self._since) if step == ROUTE.last else RATE_WINDOW
        return max(known, timedelta(seconds=1)) / timedelta(minutes=1)


def step_before(progress: Progress) -> Step | None:
    """The step that had finished when a state was published, None where none had. Where a run resumes a task, that may
    be a step of an earlier run.
    """
    ran = [step for step in ROUTE if step in progress.timings and step not in progress.skipped]
    return next((step for step in reversed(ran) if step.position < progress.step.position), None)


def _remember(seen: dict[tuple[UUID, int, Step], None], key: tuple[UUID, int, Step]) -> None:
    seen[key] = None
    if len(seen) > MAX_KEPT:
        del seen[next(iter(seen))]


async def read_rows(js: JetStreamContext, activity: Activity) -> list[Row]:
    """The rows of the table now.

    Raises:
        LocalError: NATS does not answer, or nothing is provisioned there.
    """
    try:
        *backlogs, authors = await asyncio.gather(
            *(read_backlog(js, PIPELINE, step) for step in ROUTE), read_backlog(js, LOOKUPS, ASKER)
        )
    except NATS_UNAVAILABLE as error:
        raise LocalError(
            f"NATS does not tell of Scribe's streams ({type(error).__name__}). Is it provisioned?"
        ) from None
    now = datetime.now(UTC)
    lookups = Row("arXiv lookups", waiting=authors.lag, oldest=authors.oldest, in_progress=authors.unsettled)
    return [*(activity.row(backlog, now) for backlog in backlogs), lookups]


async def read_waits(js: JetStreamContext, activity: Activity) -> list[str]:
    """Why work waits now, one reason a line.

    Raises:
        LocalError: NATS does not answer.
    """
    try:
        return [*activity.waits.lines(), *await stream_lines(js)]
    except NATS_UNAVAILABLE as error:
        raise LocalError(f"NATS does not tell of Scribe's streams ({type(error).__name__}).") from None


@asynccontextmanager
async def following(js: JetStreamContext) -> AsyncIterator[Activity]:
    """Activity that is updated while the block runs, with that of the five minutes before.

    Raises:
        LocalError: nothing is provisioned there.
    """
    activity = Activity()
    places = ((PIPELINE, "pipeline.>", WINDOW), (EVENTS, "events.>", EVENTS_WINDOW))
    try:
        subscriptions = [
            await js.subscribe(subject, stream=stream, ordered_consumer=True, config=_from(window), cb=activity.take)
            for stream, subject, window in places
        ]
    except NATS_UNAVAILABLE as error:
        raise LocalError(f"NATS has none of Scribe's streams ({type(error).__name__}). Is it provisioned?") from None
    try:
        yield activity
    finally:
        for subscription in subscriptions:
            await subscription.unsubscribe()


def _from(window: timedelta) -> ConsumerConfig:
    """Headers only, of what was published within `window`, and of what comes."""
    start = datetime.now(UTC) - window
    return ConsumerConfig(headers_only=True, deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=start)
