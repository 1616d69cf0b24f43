"""What asks arXiv, on a real nats-server: as objects of the test's process, or as workers of their own."""

from dataclasses import dataclass

import pytest
import structlog

from scribe.arxiv.answers import Answer, Answers
from scribe.arxiv.asking import Asker, Distribute
from scribe.arxiv.client import ResultPage
from scribe.arxiv.distribution import distribute
from scribe.arxiv.lookups import Lookup, Lookups
from scribe.arxiv.turns import Turns
from scribe.common.http.breaker import Breaker
from scribe.common.messaging.broker import Broker
from scribe.common.observability.metrics import Metrics
from scribe.fakes.arxiv_records import FakeRecord
from scribe.fakes.server import Fakes
from tests.unit.arxiv.atom import record


class Arxiv:
    """Answers in turn, the last one again and again: a page, or an error. Keeps the queries."""

    def __init__(self, *answers: ResultPage | Exception) -> None:
        self.answers = list(answers)
        self.queries: list[tuple[str, int]] = []

    async def search(self, query: str, limit: int) -> ResultPage:
        """One answer."""
        self.queries.append((query, limit))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def page(*authors: str, total: int | None = None) -> ResultPage:
    """A paper of each author."""
    records = tuple(record(f"A paper by {author}", author) for author in authors)
    return ResultPage(records, total or len(records), len(records))


@dataclass(frozen=True)
class Desk:
    """The queue, the store, and askers for them."""

    broker: Broker

    @property
    def lookups(self) -> Lookups:
        """The queue."""
        return Lookups(self.broker)

    @property
    def answers(self) -> Answers:
        """The store."""
        return Answers(self.broker.js)

    def asker(self, arxiv: Arxiv, interval: float = 0.0, distribute: Distribute = distribute) -> Asker:
        """One that asks that arXiv."""
        metrics = Metrics()
        return Asker(
            turns=Turns(self.broker, interval),
            lookups=self.lookups,
            answers=self.answers,
            source=arxiv,
            breaker=Breaker("arxiv", metrics.upstreams, threshold=1, first=interval, longest=10 * interval),
            interval=interval,
            metrics=metrics.arxiv,
            log=structlog.get_logger(),
            distribute=distribute,
        )

    async def ask(self, *names: str) -> None:
        """Put authors into the queue."""
        for name in names:
            await self.lookups.ask(Lookup(name=name))

    async def answer(self, name: str) -> Answer | None:
        """What is known of an author."""
        return await self.answers.get(Lookup(name=name).key)

    async def turns_of(self, asker: Asker, count: int) -> None:
        """Let it take turns until it has asked `count` times."""
        asked = 0
        while asked < count:
            before = len(asker.source.queries) if isinstance(asker.source, Arxiv) else 0
            await asker.turn()
            asked += len(asker.source.queries) - before if isinstance(asker.source, Arxiv) else 1


@pytest.fixture
def desk(broker: Broker) -> Desk:
    """A desk with nobody in the queue."""
    return Desk(broker)


RESEARCHERS = tuple(
    f"{given} {family}" for given in ("Ada", "Bo", "Cy", "Di") for family in ("Alson", "Beson", "Cason")
)


@pytest.fixture
def campaign(fakes: Fakes) -> tuple[str, ...]:
    """Twelve researchers, each with a paper on arXiv."""
    fakes.papers.add(
        *(
            FakeRecord(f"2501.{number:05}", f"Quantum fluids, part {number}", (name,), "2025-01-01")
            for number, name in enumerate(RESEARCHERS)
        )
    )
    return RESEARCHERS
