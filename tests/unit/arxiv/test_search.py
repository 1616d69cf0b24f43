"""Asking arXiv: one slot a request, answers kept, patience limited."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scribe.arxiv.search import ArxivSearch
from scribe.common.errors import TransientError, UnavailableError, WorkError
from scribe.common.http.breaker import Breaker
from scribe.common.http.upstream import open_upstream
from scribe.common.observability.metrics import Metrics
from scribe.common.process.health import serving
from scribe.common.text.names import PersonName, parse_name
from tests.support.deadlines import within
from tests.unit.arxiv.test_feed import entry, feed

MINE = feed(entry(author="<author><name>A. Example</name></author>"))


@dataclass
class Arxiv:
    """Answers in turn, the last one again and again; keeps the queries."""

    answers: list[Response]
    queries: list[dict[str, str]] = field(default_factory=list)

    async def query(self, request: Request) -> Response:
        """One answer."""
        self.queries.append(dict(request.query_params))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class Slots:
    """Counts the slots that were taken."""

    taken: int = 0
    error: WorkError | None = None

    async def wait(self) -> None:
        """At once."""
        if self.error:
            raise self.error
        self.taken += 1


@dataclass
class Kept:
    """A cache in memory."""

    answers: dict[str, bytes] = field(default_factory=dict)

    async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes:
        """What is kept, or what is called for."""
        if key not in self.answers:
            self.answers[key] = await call()
        return self.answers[key]


@asynccontextmanager
async def searching(arxiv: Arxiv, slots: Slots, kept: Kept | None = None) -> AsyncIterator[ArxivSearch]:
    """A search at that arXiv."""
    app, metrics = Starlette(routes=[Route("/api/query", arxiv.query)]), Metrics()
    async with (
        serving(app, "127.0.0.1", 0) as port,
        open_upstream("arxiv", f"http://127.0.0.1:{port}", metrics, timeout=5) as upstream,
    ):
        yield ArxivSearch(upstream, kept or Kept(), slots, Breaker("arxiv", metrics.upstreams), structlog.get_logger())


def person(name: str = "Ada Example") -> PersonName:
    """A parsed name."""
    parsed = parse_name(name)
    assert parsed is not None
    return parsed


def ok(body: bytes = MINE) -> Response:
    """An Atom answer."""
    return Response(body, media_type="application/atom+xml")


async def test_a_search_takes_one_slot_and_asks_for_all_spellings() -> None:
    arxiv, slots = Arxiv([ok()]), Slots()
    async with searching(arxiv, slots) as search:
        records = await search.by_author(person(), frozenset({"fluid"}))
    assert len(records) == slots.taken == 1
    assert arxiv.queries[0]["search_query"] == 'au:"ada example" OR au:"a example"'
    assert arxiv.queries[0]["max_results"] == "50"


async def test_the_same_search_again_asks_nobody() -> None:
    arxiv, slots = Arxiv([ok()]), Slots()
    async with searching(arxiv, slots) as search:
        first = await search.by_author(person(), frozenset())
        assert await search.by_author(person(), frozenset()) == first
    assert slots.taken == 1


async def test_a_kept_answer_that_cannot_be_read_is_fetched_anew() -> None:
    class Rotten(Kept):
        async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes:
            del key, call
            return b"{}"

    async with searching(Arxiv([ok()]), Slots(), Rotten()) as search:
        assert len(await search.by_author(person(), frozenset())) == 1


async def test_a_common_name_is_asked_for_once_more_with_the_interest() -> None:
    crowd = feed(*(entry(f"http://arxiv.org/abs/2401.{n:05}v1") for n in range(50)), total="700")
    found = feed(entry("http://arxiv.org/abs/2402.00001v1"))
    arxiv, slots = Arxiv([ok(crowd), ok(found)]), Slots()
    async with searching(arxiv, slots) as search:
        records = await search.by_author(person(), frozenset({"fluid", "helium"}))
    assert slots.taken == 2
    assert "AND (all:fluid* OR all:helium*)" in arxiv.queries[1]["search_query"]
    assert "2402.00001" in {record.arxiv_id for record in records}


@pytest.mark.parametrize(
    "failure",
    [
        Response("Rate exceeded.", 429),
        Response("<html>Busy</html>", 503, media_type="text/html"),
        Response("Rate exceeded.", 429, {"Retry-After": "0"}),
    ],
)
async def test_an_overloaded_arxiv_is_asked_once_more_in_a_slot_of_its_own(failure: Response) -> None:
    arxiv, slots = Arxiv([failure, ok()]), Slots()
    async with searching(arxiv, slots) as search:
        assert len(await search.by_author(person(), frozenset())) == 1
    assert slots.taken == 2


async def test_an_arxiv_that_asks_for_a_long_pause_is_not_waited_for() -> None:
    arxiv, slots = Arxiv([Response("busy", 503, {"Retry-After": "3600"})]), Slots()
    async with searching(arxiv, slots) as search:
        with pytest.raises(TransientError):
            async with within(5):
                await search.by_author(person(), frozenset())
        with pytest.raises(TransientError):
            await search.by_author(person("Bob Other"), frozenset())
    assert slots.taken == 1, "while arXiv is left alone no slot is spent on it"


async def test_failures_are_not_kept() -> None:
    arxiv, kept = Arxiv([Response("", 400), ok()]), Kept()
    async with searching(arxiv, Slots(), kept) as search:
        with pytest.raises(WorkError):
            await search.by_author(person(), frozenset())
        assert len(await search.by_author(person(), frozenset())) == 1


async def test_when_there_is_no_slot_to_be_had_the_message_is_held() -> None:
    async with searching(Arxiv([ok()]), Slots(error=UnavailableError("nats"))) as search:
        with pytest.raises(UnavailableError):
            await search.by_author(person(), frozenset())


async def test_records_of_other_authors_are_not_kept() -> None:
    body = feed(entry(author="<author><name>B. Example</name></author>"))
    async with searching(Arxiv([ok(body)]), Slots()) as search:
        assert await search.by_author(person(), frozenset()) == ()
