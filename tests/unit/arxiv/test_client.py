"""The arxiv package within our limits: one request for one question, errors by status, an end to every answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from scribe.arxiv.client import USER_AGENT, ArxivClient
from scribe.arxiv.transport import MAX_BYTES, AnswerTooLargeError
from scribe.common.errors import PermanentError, TransientError, WorkError
from scribe.common.observability.metrics import Metrics
from scribe.common.process.health import serving
from tests.unit.arxiv.atom import entry, feed


@dataclass
class Arxiv:
    """Gives one answer to every request, and keeps the requests."""

    answer: Callable[[], Response]
    requests: list[Request] = field(default_factory=list)

    async def query(self, request: Request) -> Response:
        """The answer."""
        self.requests.append(request)
        return self.answer()


@asynccontextmanager
async def asking(arxiv: Arxiv, timeout: float = 5.0) -> AsyncIterator[ArxivClient]:
    """A client of that arXiv."""
    app = Starlette(routes=[Route("/api/query", arxiv.query)])
    async with serving(app, "127.0.0.1", 0, grace=0.1) as port:
        yield ArxivClient(f"http://127.0.0.1:{port}/", timeout, Metrics())


async def test_the_library_asks_once_in_our_name_for_one_page_of_the_newest() -> None:
    arxiv = Arxiv(lambda: Response(feed(entry(), total="3000")))
    async with asking(arxiv) as client:
        page = await client.search('au:"a example"', 10)
    assert (len(page.records), page.total, page.is_complete) == (1, 3000, False)
    (request,) = arxiv.requests
    assert request.headers["User-Agent"] == USER_AGENT
    assert dict(request.query_params) == {
        "search_query": 'au:"a example"',
        "id_list": "",
        "sortBy": "submittedDate",
        "sortOrder": "descending",
        "start": "0",
        "max_results": "10",
    }


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, TransientError), (503, TransientError), (500, TransientError), (400, PermanentError), (414, PermanentError)],
)
async def test_the_status_decides_whether_asking_again_may_help(status: int, error: type[WorkError]) -> None:
    arxiv = Arxiv(lambda: Response("Rate exceeded.", status, {"Retry-After": "7"}))
    async with asking(arxiv) as client:
        with pytest.raises(error) as raised:
            await client.search("au:a", 10)
    assert len(arxiv.requests) == 1
    if isinstance(raised.value, TransientError):
        assert raised.value.retry_after == 7.0


@pytest.mark.parametrize("body", [b"", b"<html><body>Please wait</body></html>", feed(entry())[:150], feed(total="9")])
async def test_a_blank_or_broken_page_with_status_200_is_no_answer(body: bytes) -> None:
    async with asking(Arxiv(lambda: Response(body))) as client:
        with pytest.raises(TransientError):
            await client.search("au:a", 10)


async def test_an_answer_ends_at_the_deadline_however_slowly_it_comes() -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.05)

    async with asking(Arxiv(lambda: StreamingResponse(drip())), timeout=0.5) as client, asyncio.timeout(5):
        with pytest.raises(TransientError, match="in time"):
            await client.search("au:a", 10)


async def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    async with asking(Arxiv(lambda: Response(b" " * (MAX_BYTES + 1)))) as client:
        with pytest.raises(AnswerTooLargeError):
            await client.search("au:a", 10)


async def test_nobody_at_the_other_end_is_worth_another_try() -> None:
    client = ArxivClient("http://127.0.0.1:1", 1.0, Metrics())
    with pytest.raises(TransientError):
        await client.search("au:a", 10)
