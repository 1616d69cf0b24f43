"""Exa's `/answer`: a short answer with the pages it rests on. What was paid for is kept: a redelivery is free."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Protocol

import httpx
from exa_py import AsyncExa
from exa_py.api import AnswerResponse
from pydantic import BaseModel, ConfigDict, ValidationError

from scribe.common.errors import AccessRefusedError, TransientError, WorkError
from scribe.common.http.breaker import Breaker
from scribe.common.http.upstream import error_for_status, outgoing
from scribe.common.observability.metrics import Metrics
from scribe.common.observability.metrics.calls import ACCESS_REFUSED
from scribe.common.tasks.steps import Step
from scribe.scraper.page_text import clean

CITATION_BYTES = 16_000
"""Of a page's text, in UTF-8: twelve pages then stay well below what a message may hold."""
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


class AnswerClient(Protocol):
    """What the step needs: an answer to a question."""

    async def answer(self, question: str, scope: str = "") -> Answer: ...


class Cache(Protocol):
    """Answers kept by key."""

    async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes: ...


class ExaAnswers:
    """The real one."""

    def __init__(self, client: AsyncExa, cache: Cache, metrics: Metrics, timeout: float) -> None:
        self._client = client
        self._cache = cache
        self._metrics = metrics
        self._url = httpx.URL(str(client.base_url))
        self._timeout = timeout
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
        with self._breaker.admit(), outgoing("exa", "POST", self._url, self._metrics) as call:
            try:
                response = await self._client.answer(question, text=True, timeout=self._timeout)
            except AccessRefusedError:
                call.outcome = ACCESS_REFUSED
                raise
            except WorkError as error:
                call.outcome = error.code
                raise
            except httpx.HTTPError as error:
                call.outcome = type(error).__name__
                raise TransientError(f"exa: {call.outcome}", code=call.outcome) from error
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                call.outcome = "unreadable"
                raise TransientError(f"exa: unreadable answer ({type(error).__name__})", code="unreadable") from None
            call.outcome = "200"
        if not isinstance(response, AnswerResponse):
            raise TransientError("exa: a stream where an answer was expected")
        kept = _kept(response)
        self._paid.inc(kept.cost_usd or 0.0)
        return kept.model_dump_json().encode()


def _kept(response: AnswerResponse) -> Answer:
    answer = response.answer if isinstance(response.answer, str) else ""
    citations = [
        Citation(url=c.url, title=clean(c.title or "", MAX_TITLE), text=clean(c.text or "", CITATION_BYTES))
        for c in response.citations
        if c.url
    ]
    cost = response.cost_dollars.total if response.cost_dollars else None
    return Answer(text=clean(answer, MAX_ANSWER), citations=tuple(citations[:MAX_CITATIONS]), cost_usd=cost)


async def _raise_for_status(response: httpx.Response) -> None:
    """The status decides the class, before the client turns it into a ValueError that holds the body."""
    if response.status_code in REFUSED_KEY:
        code = str(response.status_code)
        raise AccessRefusedError(f"exa answered {code}: check its key and account", code=code)
    if response.status_code >= 400:
        raise error_for_status("exa", response.status_code, response.headers)


@asynccontextmanager
async def open_exa(key: str, url: str, cache: Cache, metrics: Metrics, *, timeout: float) -> AsyncIterator[ExaAnswers]:
    """Exa behind one pooled client; `timeout` in seconds."""
    metrics.upstreams.create_zeros("exa")
    async with AsyncExa(api_key=key, api_base=url.rstrip("/"), timeout=timeout) as client:
        client.client.event_hooks["response"].append(_raise_for_status)
        yield ExaAnswers(client, cache, metrics, timeout)
