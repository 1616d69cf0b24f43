"""Exa's `/answer`: a short answer with the pages it rests on. What was paid for is kept: a redelivery is free."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scribe.common.errors import AccessRefusedError, TransientError, WorkError
from scribe.common.http.breaker import Breaker
from scribe.common.http.upstream import (
    CONNECT_TIMEOUT,
    MAX_CONNECTIONS,
    MAX_IDLE_CONNECTIONS,
    error_for_status,
    outgoing,
)
from scribe.common.observability.metrics import Metrics
from scribe.common.observability.metrics.calls import ACCESS_REFUSED
from scribe.common.tasks.steps import Step
from scribe.scraper.page_text import clean

CITATION_BYTES = 16_000
"""Size limit of a page's text in UTF-8: twelve pages then stay well below the limit of a message."""
MAX_CITATIONS = 10
MAX_ANSWER = 4_000
MAX_TITLE = 300
REFUSED_KEY = frozenset({401, 402, 403})


class Citation(BaseModel):
    """A page that an answer rests on. `text` is empty where Exa has none."""

    model_config = ConfigDict(frozen=True)

    url: str
    title: str = ""
    text: str = ""


class Answer(BaseModel):
    """What Exa says, and from where."""

    model_config = ConfigDict(frozen=True)

    text: str = ""
    citations: tuple[Citation, ...] = ()
    cost_usd: float | None = None


class _Cited(BaseModel):
    """A page as Exa gives it; what it does not know of one is null or left out."""

    url: str | None = None
    title: str | None = None
    text: str | None = None


class _Cost(BaseModel):
    total: float | None = None


class _Answered(BaseModel):
    """The body of Exa's answer, as far as it is used. With a schema, which nobody asks for, `answer` is an object."""

    answer: str | dict[str, object]
    citations: list[_Cited]
    cost: _Cost | None = Field(None, alias="costDollars")


class AnswerClient(Protocol):
    """What the step needs: an answer to a question."""

    async def answer(self, question: str, scope: str = "") -> Answer: ...


class Cache(Protocol):
    """Answers kept by key."""

    async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes: ...


class ExaAnswers:
    """Exa over HTTP, with its breaker and the cache of paid answers."""

    def __init__(self, client: httpx.AsyncClient, cache: Cache, metrics: Metrics) -> None:
        self._client = client
        self._cache = cache
        self._metrics = metrics
        self._breaker = Breaker("exa", metrics.upstreams)
        self._paid = metrics.llm.cost.labels("exa", "answer", Step.SCRAPER)

    async def answer(self, question: str, scope: str = "") -> Answer:
        """The answer, with the texts of its citations cut. Within one `scope` (a task's) it is paid for once.

        Raises:
            TransientError: no usable answer this time. UnavailableError: Exa is being left alone for a while.
            AccessRefusedError: Exa refuses its key, or the account is empty. PermanentError: it refuses the question.
        """
        key = f"{scope or 'any'}.exa.v1.{hashlib.sha256(question.encode()).hexdigest()}"
        body = await self._cache.get_or_call(key, lambda: self._ask(question))
        try:
            return Answer.model_validate_json(body)
        except ValidationError:
            return Answer.model_validate_json(await self._ask(question))

    async def _ask(self, question: str) -> bytes:
        with self._breaker.admit(), outgoing("exa", "POST", self._client.base_url, self._metrics) as call:
            try:
                response = await self._client.post("/answer", json={"query": question, "text": True, "stream": False})
                answered = _Answered.model_validate_json(response.content)
            except AccessRefusedError:
                call.outcome = ACCESS_REFUSED
                raise
            except WorkError as error:
                call.outcome = error.code
                raise
            except httpx.HTTPError as error:
                call.outcome = type(error).__name__
                raise TransientError(f"exa: {call.outcome}", code=call.outcome) from error
            except ValidationError:
                call.outcome = "unreadable"
                raise TransientError("exa: unreadable answer", code="unreadable") from None
            call.outcome = "200"
        kept = _kept(answered)
        self._paid.inc(kept.cost_usd or 0.0)
        return kept.model_dump_json().encode()


def _kept(answered: _Answered) -> Answer:
    answer = answered.answer if isinstance(answered.answer, str) else ""
    citations = [
        Citation(url=c.url, title=clean(c.title or "", MAX_TITLE), text=clean(c.text or "", CITATION_BYTES))
        for c in answered.citations
        if c.url
    ]
    cost = answered.cost.total if answered.cost else None
    return Answer(text=clean(answer, MAX_ANSWER), citations=tuple(citations[:MAX_CITATIONS]), cost_usd=cost)


async def _raise_for_status(response: httpx.Response) -> None:
    """The status decides the class."""
    if response.status_code in REFUSED_KEY:
        code = str(response.status_code)
        raise AccessRefusedError(f"exa answered {code}: check its key and account", code=code)
    if response.status_code >= 400:
        raise error_for_status("exa", response.status_code, response.headers)


@asynccontextmanager
async def open_exa(
    key: Callable[[], str], url: str, cache: Cache, metrics: Metrics, *, timeout: float
) -> AsyncIterator[ExaAnswers]:
    """Exa behind one pooled client; `timeout` in seconds. The key is asked for with every request, as it may change."""

    async def use_current_key(request: httpx.Request) -> None:
        request.headers["x-api-key"] = key()

    metrics.upstreams.create_zeros("exa")
    async with httpx.AsyncClient(
        base_url=url.rstrip("/"),
        timeout=httpx.Timeout(timeout, connect=CONNECT_TIMEOUT),
        limits=httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_IDLE_CONNECTIONS),
        event_hooks={"request": [use_current_key], "response": [_raise_for_status]},
    ) as client:
        yield ExaAnswers(client, cache, metrics)
