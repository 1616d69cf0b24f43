"""Each known cause turns its panel of the overview red within a minute, and its alert comes with it.

One platform and one Prometheus for all: the breakages come one after the other, each undone before the next.
"""

import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from scribe.common.messaging.publisher import Publisher
from scribe.common.messaging.streams import PIPELINE
from scribe.common.tasks.progress import State, progress_of
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import pipeline_subject
from scribe.dashboards.__main__ import ALERTS, RULE_FILES
from scribe.dashboards.causes import CAUSES, Cause
from tests.support.prometheus import Prometheus, prometheus
from tests.support.tasks import make_task
from tests.support.waiting import eventually
from tests.telemetry.conftest import PIPELINE_BYTES, TEMPLATE, Live
from tests.telemetry.test_prometheus import with_values

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("telemetry-live")]

ROOT = Path(__file__).parents[2]
JUNK = 900_000
Labels = Mapping[str, str]
Breakage = Callable[[Live], AbstractAsyncContextManager[Labels]]
"""Breaks the platform while the block runs; gives labels that the red sample has."""


@asynccontextmanager
async def stopped(live: Live, service: str) -> AsyncIterator[None]:
    pid = live.platform.services[service].pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def nobody_pulls(live: Live) -> AsyncIterator[Labels]:
    async with stopped(live, "parser"):
        task_id = await live.gateway.submit(TEMPLATE, "Jonas Lindqvist", "seagrass")
        yield {"consumer": "parser"}
    await live.ended(task_id)


@asynccontextmanager
async def blocked_loop(live: Live) -> AsyncIterator[Labels]:
    service = live.platform.services["arxiv"]
    async with stopped(live, "arxiv"):
        begun = datetime.now(UTC)
        await eventually(lambda: (datetime.now(UTC) - begun).total_seconds() > 2)
    assert service.pid is not None
    yield {"job": "arxiv"}


@asynccontextmanager
async def full_stream(live: Live) -> AsyncIterator[Labels]:
    subjects = [str(pipeline_subject(Step.DONE, uuid4(), 1)) for _ in range(PIPELINE_BYTES * 3 // 4 // JUNK + 1)]
    async with live.operated() as broker:
        for subject in subjects:
            await broker.js.publish(subject, b"x" * JUNK)
        try:
            yield {"stream": PIPELINE}
        finally:
            for subject in subjects:
                await broker.js.purge_stream(PIPELINE, subject=subject)


@asynccontextmanager
async def dead_letter(live: Live) -> AsyncIterator[Labels]:
    await live.play("/anthropic", status=400, times=1)
    assert (await live.write(name="Jonas Lindqvist", interest="kelp")).status == "failed"
    yield {"step": "parser"}
    await live.give_up_dead_letters()


@asynccontextmanager
async def refused_key(live: Live) -> AsyncIterator[Labels]:
    await live.play("/anthropic", status=401)
    task_id = await live.gateway.submit(TEMPLATE, "Jonas Lindqvist", "mangroves")
    try:
        yield {"upstream": "anthropic", "cause": "401"}
    finally:
        await live.reset()
        await live.gateway.cancel(task_id)
    await restarted(live, "parser")  # it would leave the provider alone for a minute


async def restarted(live: Live, name: str) -> None:
    service = live.platform.services[name]
    before = service.pid
    assert before is not None
    os.kill(before, signal.SIGTERM)
    await eventually(lambda: service.pid not in (None, before), timeout=60)


@asynccontextmanager
async def blocked_arxiv(live: Live) -> AsyncIterator[Labels]:
    await live.play("/arxiv", status=503)
    task_id = await live.gateway.submit(TEMPLATE, f"Ada {uuid4().hex[:8].translate(LETTERS).title()}", "bridges")
    try:
        yield {"upstream": "arxiv", "cause": "503"}
    finally:
        await live.reset()
    await live.ended(task_id)


LETTERS = str.maketrans("0123456789", "ghijklmnop")


@asynccontextmanager
async def poison(live: Live) -> AsyncIterator[Labels]:
    """What a message leaves that has ended its worker twice while nothing ran beside it."""
    data = make_task(is_reissued=True)
    started = progress_of(data, State.STARTED, Step.PARSER, datetime.now(UTC), attempt=1)
    queued = progress_of(data, State.QUEUED, Step.PARSER, datetime.now(UTC))
    async with live.operated() as broker:
        await Publisher(broker).event(replace(started, alone=2))
        await Publisher(broker).transition(data, queued)
    yield {"step": "parser"}
    await live.give_up_dead_letters()


BREAKAGES: Mapping[str, Breakage] = {
    "dead letters are open": dead_letter,
    "a message ends its workers": poison,
    "an event loop is blocked": blocked_loop,
    "the stream is full": full_stream,
    "arXiv or a provider does not answer": blocked_arxiv,
    "nobody pulls": nobody_pulls,
    "a provider refuses its access": refused_key,
}


async def is_red(server: Prometheus, cause: Cause, labels: Labels) -> bool:
    """Whether the panel shows a value in its red range, for what was broken."""
    samples = await server.ask(with_values(cause.expression))
    return any(labels.items() <= found.items() and float(value) >= cause.limit for found, value in samples)


async def test_each_known_cause_turns_its_panel_red_and_raises_its_alert(live: Live, tmp_path: Path) -> None:
    rules = [ROOT / ALERTS / name for name in RULE_FILES]
    causes = {cause.what: cause for cause in CAUSES}
    assert causes.keys() == BREAKAGES.keys()
    async with prometheus(tmp_path, live.platform.state.service_urls, rules) as server:
        for what, breaks in BREAKAGES.items():
            cause = causes[what]
            assert (ROOT / cause.runbook).exists(), cause.runbook
            async with breaks(live) as labels:

                async def shown(cause: Cause = cause, labels: Labels = labels) -> bool:
                    alerts = await server.ask(f'ALERTS{{alertname="{cause.alert}"}}')
                    return await is_red(server, cause, labels) and bool(alerts)

                try:
                    await eventually(shown, timeout=60)
                except AssertionError:
                    pytest.fail(f"{what}: {cause.panel.title} is not red, or {cause.alert} does not come")
