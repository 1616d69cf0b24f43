"""`scribe top` and `scribe trace`, as a person runs them beside a platform."""

import asyncio
import json
import os
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import Progress, State, progress_of
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.gateway.pipeline.backlog import Backlog
from scribe.local.timeline import timeline
from scribe.local.top import Activity
from scribe.local.trace import TaskRow
from tests.support.deadlines import stretched
from tests.support.tasks import make_task
from tests.telemetry.conftest import Live

live_test = pytest.mark.xdist_group("telemetry-live")
in_session = pytest.mark.asyncio(loop_scope="session")
SCRIBE = Path(sys.executable).parent / "scribe"


async def scribe(*arguments: str, **environment: str) -> tuple[int, str]:
    """The exit code and the output of a command."""
    process = await asyncio.create_subprocess_exec(
        SCRIBE,
        *arguments,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), stretched(60))
    return process.returncode or 0, output.decode()


@in_session
@live_test
async def test_trace_prints_a_tasks_way_with_its_times_attempts_and_costs(live: Live) -> None:
    await live.play("/anthropic", status=500, times=1)
    item = await live.write(name="Jonas Lindqvist", interest="eelgrass meadows")
    code, output = await scribe("trace", str(item.id), "--data", str(live.platform.folder.path))
    assert code == 0, output
    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert lines[0].startswith(f"task {item.id} completed in ")
    told = [line.split(" s ", 1)[1] for line in lines[2:]]
    for expected in (
        "submitted",
        "its turn after",
        "parser started attempt 1",
        "parser retrying attempt 1",
        "parser started attempt 2",
        "scraper started attempt 1",
        "composer finished",
        f"completed e-mail {item.email_id}",
    ):
        assert [line for line in told if line.startswith(expected)], (expected, output)
    assert "claude" in output
    assert "$0.0" in output


@in_session
@live_test
async def test_trace_tells_why_a_task_failed_and_what_it_had_cost(live: Live) -> None:
    await live.play("/anthropic", status=400, times=1)
    item = await live.write(name="Nobody Atall", interest="nothing")
    assert item.status == "failed"
    code, output = await scribe("trace", str(item.id), "--json", "--data", str(live.platform.folder.path))
    assert code == 0, output
    told = json.loads(output)
    assert (told["task"]["id"], told["task"]["status"]) == (str(item.id), "failed")
    (letter,) = (event for event in told["events"] if event["what"] == "dead letter")
    assert "PermanentError: anthropic answered 400" in letter["detail"]


@in_session
@live_test
async def test_trace_of_a_task_that_does_not_exist_is_one_sentence(live: Live) -> None:
    code, output = await scribe(
        "trace", "00000000-0000-4000-8000-000000000000", "--data", str(live.platform.folder.path)
    )
    assert (code, output) == (1, "There is no task 00000000-0000-4000-8000-000000000000.\n")


@in_session
@live_test
async def test_top_shows_every_step_with_what_it_has_done(live: Live) -> None:
    await live.write(name="Jonas Lindqvist", interest="eelgrass meadows")
    code, output = await scribe("top", "--once", "--data", str(live.platform.folder.path))
    assert code == 0, output
    rows = {cells[0]: cells for line in output.splitlines() if (cells := re.split(r"\s{2,}", line.strip()))}
    assert {"parser", "scraper", "arxiv", "composer", "arXiv lookups"} <= rows.keys()
    for step in ("parser", "scraper"):
        _, lag, oldest, _in_progress, _pulls, per_minute, p95, *_ = rows[step]
        assert (lag, oldest) == ("0", "0 s"), output
        assert int(per_minute) >= 1, output
        assert p95.endswith(" s"), output


async def test_where_nothing_runs_the_commands_say_so(tmp_path: Path) -> None:
    for command in (["top", "--once"], ["trace", "00000000-0000-4000-8000-000000000000"]):
        code, output = await scribe(*command, "--data", str(tmp_path))
        assert code == 3
        assert output.startswith("Nothing runs in ")


TASK = UUID(int=7)
BACKLOG = Backlog("PIPELINE", "scraper", lag=3, unsettled=2, redelivered=0, waiting_pulls=1, oldest=4.0)


def told(state: State, step: Step, age: float, **timings: float) -> Progress:
    data = make_task(step_timings=timings)
    return progress_of(data, state, step, datetime.now(UTC) - timedelta(seconds=age), attempt=1)


def note(activity: Activity, progress: Progress) -> None:
    activity.note(str(progress.subject), progress.headers())


def test_a_message_for_a_step_tells_that_the_one_before_has_finished() -> None:
    activity = Activity()
    for seconds in range(1, 101):
        note(activity, told(State.QUEUED, Step.ARXIV, age=10, parser=1.0, scraper=float(seconds)))
    row = activity.row(BACKLOG, datetime.now(UTC))
    assert (row.rate, row.p95, row.waiting, row.in_progress) == (100, 95.0, 3, 2)


def test_a_finish_that_two_messages_tell_of_counts_once() -> None:
    activity = Activity()
    data = make_task(step_timings={"parser": 1.0})
    for state in (State.QUEUED, State.STARTED):
        note(activity, progress_of(data, state, Step.SCRAPER, datetime.now(UTC), attempt=1))
    assert activity.row(replace(BACKLOG, consumer="parser"), datetime.now(UTC)).rate == 1


def test_what_is_older_than_the_window_does_not_count() -> None:
    activity = Activity()
    note(activity, told(State.QUEUED, Step.COMPOSER, age=90, parser=1.0, scraper=2.0))
    note(activity, told(State.RETRYING, Step.SCRAPER, age=400))
    note(activity, told(State.RETRYING, Step.SCRAPER, age=200))
    note(activity, told(State.FAILED, Step.SCRAPER, age=20))
    row = activity.row(BACKLOG, datetime.now(UTC))
    assert (row.rate, row.p95, row.retries, row.failures) == (0, 2.0, 1, 1)


def in_run(run: int, state: State, step: Step, **timings: float) -> Progress:
    data = make_task(task_id=TASK, run=run, step_timings=timings)
    return progress_of(data, state, step, datetime.now(UTC), attempt=1)


def rates(activity: Activity) -> dict[Step, float | None]:
    now = datetime.now(UTC)
    return {step: activity.row(replace(BACKLOG, consumer=step), now).rate for step in ROUTE}


def test_what_a_later_run_takes_over_is_not_counted_again_and_what_it_does_is() -> None:
    activity = Activity()
    note(activity, in_run(1, State.STARTED, Step.SCRAPER, parser=1.0))
    note(activity, in_run(2, State.QUEUED, Step.SCRAPER, parser=1.0))
    note(activity, in_run(2, State.STARTED, Step.SCRAPER, parser=1.0))
    assert rates(activity) == {Step.PARSER: 1, Step.SCRAPER: 0, Step.ARXIV: 0, Step.COMPOSER: 0}
    note(activity, in_run(2, State.QUEUED, Step.ARXIV, parser=1.0, scraper=2.0))
    note(activity, in_run(2, State.STARTED, Step.ARXIV, parser=1.0, scraper=2.0))
    assert rates(activity) == {Step.PARSER: 1, Step.SCRAPER: 1, Step.ARXIV: 0, Step.COMPOSER: 0}


def row_of(data: PipelineData, at: datetime, **timings: float) -> TaskRow:
    """The row of a task under way that was submitted at a time; the seconds of its steps."""
    return TaskRow(
        id=TASK,
        user_id=data.user_id,
        status="processing",
        run=1,
        attempt=1,
        step_timings=timings,
        skipped_steps=(),
        error_message=None,
        traceparent=None,
        created_at=at,
        first_published_at=at,
        completed_at=None,
        email_id=None,
    )


def test_the_way_tells_of_the_time_between_a_steps_seconds_and_the_next_start() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    data = make_task(task_id=TASK)
    states = [
        progress_of(data, State.STARTED, step, at + timedelta(seconds=after), attempt=1)
        for step, after in ((Step.PARSER, 1), (Step.SCRAPER, 27), (Step.ARXIV, 30.1))
    ]
    row = row_of(data, at, template_parser=1.0, web_scraper=3.0)
    started = {event.step: event.detail for event in timeline(row, states, []) if event.what == "started"}
    assert started == {
        Step.PARSER: "attempt 1",
        Step.SCRAPER: "attempt 1, 25.00 s in the queue",
        Step.ARXIV: "attempt 1",
    }


def test_held_work_is_told_with_its_cause_and_its_time_and_its_step_ends_after_it() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    data = make_task(task_id=TASK)

    def after(seconds: float, state: State) -> Progress:
        return progress_of(data, state, Step.PARSER, at + timedelta(seconds=seconds), attempt=1)

    held = replace(after(2, State.HELD), cause="anthropic answered 529: held back")
    states = [after(1, State.STARTED), held, *(after(seconds, State.STARTED) for seconds in (7, 17, 31))]
    told = [(event.what, event.detail) for event in timeline(row_of(data, at, template_parser=1.5), states, [])]
    assert told[2:] == [
        ("started", "attempt 1"),
        ("held", "attempt 1: anthropic answered 529: held back"),
        ("started", "attempt 1, held for 29.00 s"),
        ("finished", "1.50 s"),
    ]


def test_what_waits_is_told_by_step_and_cause_until_it_goes_on() -> None:
    activity = Activity()

    def tell(number: int, state: State, step: Step, cause: str | None) -> None:
        data = make_task(task_id=UUID(int=number))
        note(activity, replace(progress_of(data, state, step, datetime.now(UTC), attempt=1), cause=cause))

    for number in (1, 2):
        tell(number, State.HELD, Step.PARSER, "anthropic answered 529: held back")
        tell(number, State.STARTED, Step.PARSER, None)
    tell(3, State.WAITING, Step.ARXIV, "arxiv answered 503")
    told = [re.sub(r"since \S+:", "since …:", line) for line in activity.waits.lines()]
    assert told == [
        "parser: 2 held since …: anthropic answered 529: held back",
        "arxiv: 1 wait since …: arxiv answered 503",
    ]
    for number in (1, 2):
        tell(number, State.QUEUED, Step.SCRAPER, None)
    tell(3, State.QUEUED, Step.COMPOSER, None)
    assert list(activity.waits.lines()) == []
