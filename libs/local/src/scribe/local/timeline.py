"""The timeline of one task: what happened, in order, and where its time went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from scribe.common.tasks.progress import Progress, State
from scribe.common.tasks.route import ROUTE
from scribe.local.trace import GivenUp, Spent, TaskRow

NOTABLE_WAIT = timedelta(seconds=1)


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened. `detail` says more, `is_bad` marks what went wrong."""

    at: datetime
    what: str
    step: str = ""
    detail: str = ""
    is_bad: bool = False


def timeline(row: TaskRow, states: Sequence[Progress], dead_letters: Sequence[GivenUp]) -> list[TimelineEvent]:
    """Everything that happened, in order."""
    events = [TimelineEvent(row.created_at, "submitted")]
    if row.first_published_at:
        waited = _seconds(row.first_published_at - row.created_at)
        events.append(TimelineEvent(row.first_published_at, "its turn", detail=f"after {waited}"))
    begun = list(_without_vain_starts(states))
    events += [event for state in begun if (event := _told(state))]
    usage = {**(dead_letters[-1].usage if dead_letters else {}), **row.usage}
    events += _finished(row, begun, usage)
    events += [
        TimelineEvent(d.at, "dead letter", d.step, f"{d.error_class}: {d.reason}", is_bad=True) for d in dead_letters
    ]
    if row.completed_at:
        detail = f"e-mail {row.email_id}" if row.email_id else row.error_message or ""
        events.append(TimelineEvent(row.completed_at, row.status, detail=detail, is_bad=row.status == "failed"))
    return list(_with_waits(sorted(events, key=lambda event: event.at)))


def _without_vain_starts(states: Sequence[Progress]) -> Iterator[Progress]:
    """The states without the repeated starts of work that was held: the first and the last of them are kept."""
    for number, state in enumerate(states):
        following = states[number + 1] if number + 1 < len(states) else None
        is_held = any(other.state is State.HELD and _attempt(other) == _attempt(state) for other in states[:number])
        is_repeated = following and following.state is State.STARTED and _attempt(following) == _attempt(state)
        if not (state.state is State.STARTED and is_held and is_repeated):
            yield state


def _attempt(state: Progress) -> tuple[str, int, int]:
    return (state.step, state.run, state.attempt)


def _with_waits(events: Sequence[TimelineEvent]) -> Iterator[TimelineEvent]:
    """Add how long work was held, and how long a step's message waited after the end of the step before."""
    yield from events[:1]
    for before, event in pairwise(events):
        waited = event.at - before.at
        match (before.what, event.what):
            case ("held", _):
                yield replace(event, detail=f"{event.detail}, held for {_seconds(waited)}")
            case ("finished", "started") if waited > NOTABLE_WAIT:
                yield replace(event, detail=f"{event.detail}, {_seconds(waited)} in the queue")
            case _:
                yield event


def _told(state: Progress) -> TimelineEvent | None:
    attempt = f"attempt {state.attempt}" + (f", run {state.run}" if state.run > 1 else "")
    match state.state:
        case State.STARTED:
            return TimelineEvent(state.at, "started", state.step, attempt)
        case State.RETRYING:
            later = f", comes back in {state.delay:.0f} s" if state.delay is not None else ""
            return TimelineEvent(
                state.at, "retrying", state.step, f"{attempt}: {_why(state)}{later}", is_bad=state.error is not None
            )
        case State.HELD:
            return TimelineEvent(state.at, "held", state.step, f"{attempt}: {_why(state)}", is_bad=True)
        case State.WAITING:
            return TimelineEvent(
                state.at, "waits", state.step, f"{attempt}: {_why(state)}, {(state.position or 1) - 1} before it"
            )
        case State.FAILED:
            return TimelineEvent(state.at, "gave up", state.step, f"{attempt}: {_why(state)}", is_bad=True)
        case State.CANCELLED:
            return TimelineEvent(state.at, "cancelled", state.step)
        case State.QUEUED | State.DONE:
            return None


def _why(state: Progress) -> str:
    """An engineer's words; of a message from the release before, what the user reads."""
    return state.cause or state.error or ""


def _finished(row: TaskRow, states: Sequence[Progress], usage: Mapping[str, Spent]) -> list[TimelineEvent]:
    """The ends of the steps: their last starts plus the seconds that they took."""
    starts = {state.step: state.at for state in states if state.state is State.STARTED}
    events = []
    for wire, seconds in row.step_timings.items():
        step = ROUTE.at(wire)
        if step is None or step not in starts or wire in row.skipped_steps:
            continue
        ended = starts[step] + timedelta(seconds=seconds)
        events.append(
            TimelineEvent(ended, "finished", step, f"{seconds:.2f} s{_cost(usage.get(wire), row.models.get(wire, ''))}")
        )
    return events


def _cost(spent: Spent | None, model: str) -> str:
    if spent is None or not spent.calls:
        return ""
    cost = "cost unknown" if spent.cost_usd is None else f"${spent.cost_usd:.4f}"
    tokens = f", {spent.input_tokens} tokens in, {spent.output_tokens} out" if spent.input_tokens else ""
    return f", {cost} ({spent.model or model}, calls {spent.calls}{tokens})"


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.2f} s"
