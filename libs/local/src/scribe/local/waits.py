"""Why work waits, in lines for an operator: what is held and for what, what waits for arXiv, which streams fill up."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from nats.js import JetStreamContext

from scribe.common.messaging.streams import DEADLETTER, EVENTS, PIPELINE
from scribe.common.tasks.progress import Progress, State

NOTABLE_FULLNESS = 0.5
MAX_KEPT = 20_000
_WAITS = (State.HELD, State.RETRYING, State.WAITING)


@dataclass
class Waits:
    """The tasks that wait for a service, by what the events tell; each with its last state and when its wait began."""

    _tasks: dict[UUID, tuple[Progress, datetime]] = field(default_factory=dict)

    def note(self, progress: Progress) -> None:
        """Note a state of a task. Beginning the same step again does not end a wait: it may be held again at once."""
        known = self._tasks.get(progress.task_id)
        is_same_step = known is not None and known[0].step == progress.step
        if progress.state in _WAITS and progress.cause:
            since = known[1] if known and is_same_step else progress.at
            self._tasks[progress.task_id] = (progress, since)
            if len(self._tasks) > MAX_KEPT:
                del self._tasks[next(iter(self._tasks))]
        elif not (progress.state in (State.STARTED, State.QUEUED) and is_same_step):
            self._tasks.pop(progress.task_id, None)

    def lines(self) -> Iterator[str]:
        """One for each step and cause: how many tasks, and since when."""
        since: dict[tuple[str, str], datetime] = {}
        count: Counter[tuple[str, str]] = Counter()
        for progress, began in self._tasks.values():
            word = "wait" if progress.state is State.WAITING else "held"
            key = (progress.step, f"{word}: {progress.cause}")
            count[key] += 1
            since[key] = min(began, since.get(key, began))
        for (step, what), began in sorted(since.items(), key=lambda entry: entry[1]):
            word, _, cause = what.partition(": ")
            yield f"{step}: {count[step, what]} {word} since {began.astimezone():%H:%M:%S}: {cause}"


async def stream_lines(js: JetStreamContext) -> list[str]:
    """What is notable about the streams: how full they are, and whether dead letters are open."""
    lines = []
    for stream in (PIPELINE, EVENTS, DEADLETTER):
        info = await js.stream_info(stream)
        share = info.state.bytes / info.config.max_bytes if info.config.max_bytes else 0.0
        if share >= NOTABLE_FULLNESS:
            lines.append(f"{stream} {share:.0%} full".replace("%", " %"))
        if stream == DEADLETTER and info.state.messages:
            lines.append(f"{info.state.messages} dead letters are open: `scribe deadletters list`")
    return lines
