"""The arxiv worker as a process, between real NATS and the stand-in for arXiv."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from scribe.arxiv.step import NO_PAPERS
from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData, TemplateType
from scribe.common.tasks.steps import Step
from scribe.fakes.server import Fakes
from tests.support.deadlines import stretched, within
from tests.support.research import finished, submit
from tests.support.tasks import make_task, parsed
from tests.support.waiting import eventually
from tests.support.workers import worker_process


@pytest.fixture
async def worker(broker: Broker, nats_url: str, fakes: Fakes) -> AsyncIterator[asyncio.subprocess.Process]:
    """One worker that need not wait long for its turn."""
    del broker
    environment = {
        "SCRIBE_ARXIV_URL": fakes.arxiv_url,
        "SCRIBE_ARXIV_INTERVAL": "0.05",
        "SCRIBE_CONCURRENCY": "1",
        "SCRIBE_MAX_REPLICAS": "4",
    }
    async with worker_process("scribe.arxiv", nats_url, **environment) as process:
        yield process


def task(**fields: object) -> PipelineData:
    """A research task about the real author."""
    given = {
        "recipient_name": "Prof. Adrian Del Maestro",
        "recipient_interest": "entanglement in superfluid helium",
        "parsed": parsed(TemplateType.RESEARCH),
        **fields,
    }
    return make_task(**given)


async def test_real_papers_of_the_real_author_are_found(
    broker: Broker, worker: asyncio.subprocess.Process, fakes: Fakes
) -> None:
    first, second = task(), task()
    await submit(broker, first, Step.ARXIV)
    papers = (await finished(broker, first, Step.COMPOSER)).papers
    assert papers is not None
    assert "Entanglement area law in superfluid ⁴He" in {paper.title for paper in papers}
    assert {paper.recipient_author for paper in papers} == {"A. Del Maestro"}
    await submit(broker, second, Step.ARXIV)
    assert (await finished(broker, second, Step.COMPOSER)).papers == papers
    assert len(fakes.controls.calls_to("/arxiv/")) == 1, "the second time the answer was there already"
    worker.terminate()
    assert await asyncio.wait_for(worker.wait(), stretched(20)) == 0


async def test_somebody_without_papers_gets_none_and_a_warning(
    broker: Broker, worker: asyncio.subprocess.Process
) -> None:
    del worker
    data = task(recipient_name="Miriam Okafor")
    await submit(broker, data, Step.ARXIV)
    result = await finished(broker, data, Step.COMPOSER)
    assert (result.papers, result.warnings) == ((), (NO_PAPERS,))


async def test_an_arxiv_that_hangs_does_not_hold_a_worker_that_ends(
    broker: Broker, worker: asyncio.subprocess.Process, fakes: Fakes
) -> None:
    fakes.controls.add(path="/arxiv/", hang=True, times=1)
    await submit(broker, task(), Step.ARXIV)
    await eventually(lambda: not fakes.controls.faults)
    worker.terminate()
    async with within(10):  # arXiv would have 20 s to answer
        assert await worker.wait() == 0
