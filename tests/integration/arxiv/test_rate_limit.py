"""arXiv is asked at most once in an interval, over all processes: by the clock of whoever is asked."""

from contextlib import AsyncExitStack
from itertools import pairwise

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import TemplateType
from scribe.common.tasks.steps import Step
from scribe.fakes.server import Fakes
from tests.support.research import finished, submit
from tests.support.tasks import make_task, parsed
from tests.support.workers import worker_process

INTERVAL = 2.0
LATENESS = 0.5
"""By so much the way from a slot to arXiv may differ: the first request of a process takes longest."""
PROCESSES = 3


async def test_three_processes_together_keep_the_interval(broker: Broker, nats_url: str, fakes: Fakes) -> None:
    tasks = [
        make_task(recipient_name=f"Ada {chr(65 + n)}example", parsed=parsed(TemplateType.RESEARCH)) for n in range(6)
    ]
    environment = {
        "SCRIBE_ARXIV_URL": fakes.arxiv_url,
        "SCRIBE_ARXIV_INTERVAL": str(INTERVAL),
        "SCRIBE_CONCURRENCY": "2",
        "SCRIBE_MAX_REPLICAS": str(PROCESSES),
    }
    async with AsyncExitStack() as stack:
        for _ in range(PROCESSES):
            await stack.enter_async_context(worker_process("scribe.arxiv", nats_url, **environment))
        for task in tasks:
            await submit(broker, task, Step.ARXIV)
        for task in tasks:
            await finished(broker, task, Step.COMPOSER)
    arrivals = sorted(call.at for call in fakes.controls.calls_to("/arxiv/"))
    gaps = [later - earlier for earlier, later in pairwise(arrivals)]
    assert len(arrivals) == len(tasks)
    assert min(gaps) > INTERVAL - LATENESS, gaps
    assert sum(gaps) > INTERVAL * len(gaps) - LATENESS, gaps
