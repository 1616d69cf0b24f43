"""Exa's client against a server that answers as Exa does: statuses, memory, limits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scribe.common.errors import AccessRefusedError, PermanentError, TransientError, UnavailableError, WorkError
from scribe.common.observability.metrics import Metrics
from scribe.common.process.health import serving
from scribe.scraper.exa import CITATION_BYTES, MAX_CITATIONS, ExaAnswers, open_exa

CITATION = {"id": "https://a.example/", "url": "https://a.example/", "title": "A", "text": "Ada Example is here."}
ANSWER = {"answer": "Ada Example is here.", "citations": [CITATION], "costDollars": {"total": 0.005}}


@dataclass
class Exa:
    """AnswerClient in turn, the last one again and again; keeps the bodies and keys."""

    answers: list[Response]
    asked: list[dict[str, object]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        """One answer."""
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("x-api-key"))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


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
async def asking(exa: Exa, kept: Kept | None = None, metrics: Metrics | None = None) -> AsyncIterator[ExaAnswers]:
    """The client, pointed at that server."""
    app = Starlette(routes=[Route("/answer", exa.answer, methods=["POST"])])
    async with (
        serving(app, "127.0.0.1", 0) as port,
        open_exa(
            lambda: "key", f"http://127.0.0.1:{port}/", kept or Kept(), metrics or Metrics(), timeout=5
        ) as answers,
    ):
        yield answers


async def test_an_answer_comes_with_the_texts_of_its_citations_and_its_cost() -> None:
    exa = Exa([JSONResponse(ANSWER)])
    async with asking(exa) as answers:
        answer = await answers.answer("Who is Ada Example?")
    assert answer.text == "Ada Example is here."
    assert [(c.url, c.title, c.text) for c in answer.citations] == [("https://a.example/", "A", "Ada Example is here.")]
    assert answer.cost_usd == 0.005
    assert exa.asked == [{"query": "Who is Ada Example?", "text": True, "stream": False}]
    assert exa.keys == ["key"]


async def test_the_same_question_is_paid_for_once() -> None:
    exa, kept = Exa([JSONResponse(ANSWER)]), Kept()
    async with asking(exa, kept) as answers:
        assert await answers.answer("Who?") == await answers.answer("Who?")
    assert len(exa.asked) == 1


async def test_the_memory_holds_no_name() -> None:
    kept = Kept()
    async with asking(Exa([JSONResponse(ANSWER)]), kept) as answers:
        await answers.answer("Who is Ada Example?")
    assert not any("ada" in key.lower() for key in kept.answers)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 529])
async def test_a_busy_exa_is_worth_another_try(status: int) -> None:
    async with asking(Exa([Response("Ada Example is secret", status)])) as answers:
        with pytest.raises(TransientError) as error:
            await answers.answer("Who?")
    assert str(error.value) == f"exa answered {status}", "the answer's body stays out of the error"


async def test_the_time_that_exa_names_is_obeyed() -> None:
    async with asking(Exa([Response("", 429, {"Retry-After": "7"})])) as answers:
        with pytest.raises(UnavailableError) as error:
            await answers.answer("Who?")
    assert error.value.retry_after == 7


@pytest.mark.parametrize("status", [401, 402, 403])
async def test_a_refused_key_holds_the_work_and_is_not_tried_by_everybody(status: int) -> None:
    exa = Exa([Response("bad key", status)])
    async with asking(exa) as answers:
        for question in ("Who?", "And who?"):
            with pytest.raises(AccessRefusedError) as error:
                await answers.answer(question)
            assert error.value.public.startswith("Writing is paused")


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_a_refused_question_fails_the_item(status: int) -> None:
    async with asking(Exa([Response("", status)])) as answers:
        with pytest.raises(PermanentError):
            await answers.answer("Who?")


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "[]", "{}", '{"answer": "x"}', '{"answer": "x", "citations": [1]}', '{"answer": 1, "citations": {}'],
)
async def test_an_answer_that_cannot_be_read_is_worth_another_try(body: str) -> None:
    async with asking(Exa([Response(body)])) as answers:
        with pytest.raises(TransientError):
            await answers.answer("Who?")


async def test_no_results_are_an_answer() -> None:
    async with asking(Exa([JSONResponse({"answer": "", "citations": []})])) as answers:
        answer = await answers.answer("Who?")
    assert (answer.text, answer.citations, answer.cost_usd) == ("", (), None)


async def test_long_texts_and_many_citations_are_cut() -> None:
    long = {**CITATION, "text": "ж" * 200_000}
    async with asking(Exa([JSONResponse({"answer": "x" * 50_000, "citations": [long] * 30})])) as answers:
        answer = await answers.answer("Who?")
    assert len(answer.citations) == MAX_CITATIONS
    assert len(answer.citations[0].text.encode()) <= CITATION_BYTES
    assert len(answer.model_dump_json()) < 512 * 1024


async def test_a_citation_without_text_or_title_is_kept() -> None:
    bare = {"id": "x", "url": "https://a.example/", "title": None, "text": None}
    async with asking(Exa([JSONResponse({"answer": "x", "citations": [bare]})])) as answers:
        (citation,) = (await answers.answer("Who?")).citations
    assert (citation.title, citation.text) == ("", "")


async def test_a_failure_is_not_remembered() -> None:
    exa, kept = Exa([Response("", 500), JSONResponse(ANSWER)]), Kept()
    async with asking(exa, kept) as answers:
        with pytest.raises(WorkError):
            await answers.answer("Who?")
        assert (await answers.answer("Who?")).text


async def test_calls_are_counted_by_their_outcome() -> None:
    metrics = Metrics()
    async with asking(Exa([Response("", 500), JSONResponse(ANSWER)]), metrics=metrics) as answers:
        with pytest.raises(WorkError):
            await answers.answer("Who?")
        await answers.answer("Who?")
    for outcome in ("500", "200"):
        labels = {"upstream": "exa", "outcome": outcome}
        assert metrics.registry.get_sample_value("scribe_upstream_calls_total", labels) == 1
