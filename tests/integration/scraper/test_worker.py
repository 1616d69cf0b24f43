"""The scraper as a process, between real NATS, the stand-ins for Exa and the web, and a real Chromium."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData, Research, TemplateType
from scribe.common.tasks.progress import DELAY
from scribe.common.tasks.steps import Step
from scribe.fakes.server import Fakes
from scribe.scraper.step import NO_BROWSER, NOTHING_FOUND
from tests.support.deadlines import stretched
from tests.support.requirements import require_program
from tests.support.research import finished, submit
from tests.support.tasks import make_task, parsed
from tests.support.waiting import eventually
from tests.support.workers import worker_process

pytestmark = pytest.mark.xdist_group("chromium")


@asynccontextmanager
async def scraping(nats_url: str, fakes: Fakes, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A scraper that knows only the stand-ins."""
    given = {
        "EXA_API_KEY": "stand-in",
        "SCRIBE_EXA_URL": fakes.exa_url,
        "ANTHROPIC_API_KEY": "stand-in",
        "ANTHROPIC_BASE_URL": fakes.anthropic_url,
        "SCRIBE_GUARD_ALLOW": fakes.host_port,
        "SCRIBE_CONCURRENCY": "4",
        **environment,
    }
    async with worker_process("scribe.scraper", nats_url, **given) as process:
        yield process


UNREAD = "Prof. Miriam Okafor"
"""Of her group's page Exa has no text."""


def task(name: str = "Prof. Adrian Del Maestro", **fields: object) -> PipelineData:
    """A research task."""
    interest = "quantum fluids and entanglement"
    given = {"recipient_name": name, "recipient_interest": interest, "parsed": parsed(TemplateType.RESEARCH), **fields}
    return make_task(**given)


async def researched(broker: Broker, data: PipelineData) -> tuple[Research, PipelineData]:
    """The task's research, and all that goes on to the next step."""
    await submit(broker, data, Step.SCRAPER)
    result = await finished(broker, data, Step.ARXIV)
    assert result.research is not None
    return result.research, result


async def test_a_known_person_gets_sources_and_facts_and_its_next_run_costs_nothing(
    broker: Broker, nats_url: str, fakes: Fakes
) -> None:
    require_program("chromium")
    async with scraping(nats_url, fakes) as process:
        research, data = await researched(broker, task(UNREAD))
        assert {source.origin for source in research.sources} == {"exa", "page"}
        assert any("Salt Roads" in fact.statement for fact in research.facts)
        assert any(fact.certain for fact in research.facts)
        assert data.warnings == ()
        assert data.role_usage["exa"].cost_usd == 0.01
        assert data.role_usage["reader"].cost_usd
        again, _ = await researched(broker, task(UNREAD, task_id=data.task_id, user_id=data.user_id, run=2))
        assert again.facts == research.facts
        assert len(fakes.controls.calls_to("/exa/answer")) == 2
        process.terminate()
        assert await asyncio.wait_for(process.wait(), stretched(30)) == 0


async def test_every_quote_stands_in_the_text_that_goes_on(broker: Broker, nats_url: str, fakes: Fakes) -> None:
    async with scraping(nats_url, fakes, SCRIBE_BROWSER_PAGES_PER_TASK="0") as _:
        research, _data = await researched(broker, task("Ada Newperson"))
    texts = {source.id: source.text for source in research.sources}
    assert research.facts
    assert all(quote in texts[source] for fact in research.facts for source, quote in fact.quotes.items())


async def test_nobody_is_found_and_the_email_goes_on(broker: Broker, nats_url: str, fakes: Fakes) -> None:
    async with scraping(nats_url, fakes) as _:
        research, data = await researched(broker, task("Nobody Atall"))
    assert (research.sources, research.facts) == ((), ())
    assert data.warnings == (NOTHING_FOUND,)


async def test_without_a_browser_exas_texts_are_used(broker: Broker, nats_url: str, fakes: Fakes) -> None:
    async with scraping(nats_url, fakes, SCRIBE_CHROMIUM="/nowhere/chromium") as _:
        research, data = await researched(broker, task(UNREAD))
    assert {source.origin for source in research.sources} == {"exa"}
    assert research.facts
    assert data.warnings == (NO_BROWSER,)


async def test_exa_fails_for_a_while_and_no_item_is_lost(broker: Broker, nats_url: str, fakes: Fakes) -> None:
    fakes.controls.add(path="/exa/", status=503, times=1, retry_after="1")
    async with scraping(nats_url, fakes, SCRIBE_BROWSER_PAGES_PER_TASK="0") as _:
        research, _data = await researched(broker, task())
    assert research.facts


async def test_a_refused_key_holds_the_work(broker: Broker, nats_url: str, fakes: Fakes) -> None:
    fakes.controls.add(path="/exa/", status=401)
    data = task()
    async with scraping(nats_url, fakes) as _:
        await submit(broker, data, Step.SCRAPER)
        await eventually(lambda: fakes.controls.calls_to("/answer"))
    # At its end the worker gives back what it held; nothing has failed.
    headers = (await broker.js.get_last_msg("EVENTS", f"events.{data.user_id}.{data.task_id}.retrying")).headers or {}
    assert DELAY in headers
    assert (await broker.js.stream_info("DEADLETTER")).state.messages == 0


async def test_without_a_key_the_process_says_what_to_set(broker: Broker, nats_url: str, fakes: Fakes) -> None:
    del broker
    async with scraping(nats_url, fakes, EXA_API_KEY="") as process:
        assert await asyncio.wait_for(process.wait(), stretched(30)) == 2
