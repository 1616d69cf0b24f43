"""Each known cause turns its panel of the overview red within a minute, and its alert comes with it.

One platform and one Prometheus for all, and all breakages at once: each is told from the others by the labels of its
sample.
"""

import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from nats.js.errors import NotFoundError

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
GENERAL = "Dear {{name}},\n\nI am a student. {{one sentence about their work}}\n\nKind regards,\nRobin Example"
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


async def reached(live: Live, step: Step, task_id: UUID) -> None:
    """Return when the task's message stands at the step."""

    async def stored() -> bool:
        try:
            await broker.js.get_last_msg(PIPELINE, str(pipeline_subject(step, task_id, 1)))
        except NotFoundError:
            return False
        return True

    async with live.operated() as broker:
        await eventually(stored)


@asynccontextmanager
async def nobody_pulls(live: Live) -> AsyncIterator[Labels]:
    async with stopped(live, "composer"):
        task_id = await live.gateway.submit(GENERAL, "Jonas Lindqvist", "seagrass")
        await reached(live, Step.COMPOSER, task_id)
        yield {"consumer": "composer"}
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
    await reached(live, Step.PARSER, task_id)
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
    await reached(live, Step.ARXIV, task_id)
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
    started = progress_of(data, State.STARTED, Step.SCRAPER, datetime.now(UTC), attempt=1)
    queued = progress_of(data, State.QUEUED, Step.SCRAPER, datetime.now(UTC))
    async with live.operated() as broker:
        await Publisher(broker).event(replace(started, alone=2))
        await Publisher(broker).transition(data, queued)
    yield {"step": "scraper"}
    await live.give_up_dead_letters()


BREAKAGES: Mapping[str, Breakage] = {
    "dead letters are open": dead_letter,
    "a message ends its workers": poison,
    "arXiv or a provider does not answer": blocked_arxiv,
    "nobody pulls": nobody_pulls,
    "a provider refuses its access": refused_key,
    "an event loop is blocked": blocked_loop,
    "the stream is full": full_stream,
}
"""In the order in which they can be caused: each task reaches what is broken for it before the next breakage."""


async def is_red(server: Prometheus, cause: Cause, labels: Labels) -> bool:
    """Whether the panel shows a value in its red range, for what was broken."""
    samples = await server.ask(with_values(cause.expression))
    return any(labels.items() <= found.items() and float(value) >= cause.limit for found, value in samples)


async def is_everything_scraped(live: Live, server: Prometheus) -> bool:
    """Whether each process has been read once: what a counter rises by before is not seen."""
    return len(await server.ask("up == 1")) == len(live.platform.state.service_urls)


async def shows(server: Prometheus, cause: Cause, labels: Labels) -> bool:
    """Whether the panel is red for what was broken, and the alert is there."""
    alerts = await server.ask(f'ALERTS{{alertname="{cause.alert}"}}')
    return await is_red(server, cause, labels) and bool(alerts)


async def test_each_known_cause_turns_its_panel_red_and_raises_its_alert(live: Live, tmp_path: Path) -> None:
    rules = [ROOT / ALERTS / name for name in RULE_FILES]
    causes = {cause.what: cause for cause in CAUSES}
    assert causes.keys() == BREAKAGES.keys()
    assert all((ROOT / cause.runbook).exists() for cause in CAUSES)
    async with prometheus(tmp_path, live.platform.state.service_urls, rules) as server, AsyncExitStack() as broken:
        await eventually(partial(is_everything_scraped, live, server))
        unseen = {what: await broken.enter_async_context(breaks(live)) for what, breaks in BREAKAGES.items()}

        async def all_shown() -> bool:
            for what, labels in list(unseen.items()):
                if await shows(server, causes[what], labels):
                    del unseen[what]
            return not unseen

        try:
            await eventually(all_shown, timeout=60)
        except AssertionError:
            pytest.fail("not red, or without its alert: " + ", ".join(unseen))
