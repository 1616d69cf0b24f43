"""Asking arXiv for an author's records: from the cache, or in a slot of the rate limit that all pods share."""

import asyncio
import hashlib
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import httpx
from pydantic import BaseModel, ValidationError

from scribe.arxiv.authors import Match, best_match
from scribe.arxiv.feed import Feed, Record, parse_feed
from scribe.common.errors import TransientError, UnavailableError
from scribe.common.http.breaker import Breaker
from scribe.common.http.upstream import Upstream
from scribe.common.observability.logs import Logger
from scribe.common.text.names import PersonName, spellings

PAGE = 50
"""Records asked for at once. Where arXiv has more, a second query is narrowed by the interest."""
ATTEMPTS = 2
MAX_PAUSE = 10.0
"""Seconds for which an overloaded arXiv is waited for; work that could wait longer goes on without papers."""
MAX_TERMS = 6


class Cache(Protocol):
    """Answers kept by key."""

    async def get_or_call(self, key: str, call: Callable[[], Awaitable[bytes]]) -> bytes: ...


class Limiter(Protocol):
    """A place in the queue for arXiv."""

    async def wait(self) -> None: ...


class PaperSearch(Protocol):
    """What the step needs: an author's records."""

    async def by_author(self, person: PersonName, terms: frozenset[str]) -> tuple[Record, ...]: ...


class _Kept(BaseModel):
    records: tuple[Record, ...]


@dataclass(frozen=True)
class ArxivSearch:
    """The real search."""

    upstream: Upstream
    cache: Cache
    limiter: Limiter
    breaker: Breaker
    log: Logger

    async def by_author(self, person: PersonName, terms: frozenset[str]) -> tuple[Record, ...]:
        """The records that name the person as an author, in arXiv's order; `terms` narrow a common name.

        Raises:
            TransientError: arXiv does not answer. PermanentError: it refuses the query.
        """
        wanted = sorted(terms)[:MAX_TERMS]
        key = _key(person, wanted)
        body = await self.cache.get_or_call(key, lambda: self._fetch(person, wanted))
        try:
            return _Kept.model_validate_json(body).records
        except ValidationError:
            self.log.warning("cached_papers_unreadable")
            return _Kept.model_validate_json(await self._fetch(person, wanted)).records

    async def _fetch(self, person: PersonName, terms: list[str]) -> bytes:
        authors = " OR ".join(f'au:"{spelling}"' for spelling in spellings(person))
        feed = await self._query(authors)
        records = list(feed.records)
        if feed.total > PAGE and terms:
            narrowed = " OR ".join(f"all:{term}*" for term in terms)
            records += (await self._query(f"({authors}) AND ({narrowed})")).records
        unique = {record.arxiv_id: record for record in records}
        mine = [r for r in unique.values() if best_match(person, r.authors) is not Match.NONE]
        return _Kept(records=tuple(mine)).model_dump_json().encode()

    async def _query(self, search: str) -> Feed:
        params = {
            "search_query": search,
            "start": "0",
            "max_results": str(PAGE),
            "sortBy": "submittedDate",
            "sortOrder": "descending",
        }
        feed = parse_feed((await self._request(params)).content)
        if feed.unreadable:
            self.log.warning("arxiv_records_unreadable", count=feed.unreadable)
        return feed

    async def _request(self, params: dict[str, str]) -> httpx.Response:
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._turn(params)
            except TransientError as error:
                if error.retry_after is not None and error.retry_after > MAX_PAUSE:
                    raise
                self.log.info("arxiv_retry", reason=str(error))
                await asyncio.sleep(error.retry_after or 0.0)
        return await self._turn(params)

    async def _turn(self, params: dict[str, str]) -> httpx.Response:
        """One request in its slot. While arXiv is being left alone, none is taken.

        Raises:
            UnavailableError: NATS is away, so that there is no slot to be had.
        """
        if self.breaker.is_open:
            raise TransientError("arxiv is being left alone", retry_after=math.inf)
        await self.limiter.wait()
        try:
            with self.breaker.admit():
                return await self.upstream.request("GET", "/api/query", params=params)
        except UnavailableError as error:
            raise TransientError(str(error), retry_after=error.retry_after) from error


def _key(person: PersonName, terms: list[str]) -> str:
    text = "|".join((*spellings(person), "", *terms))
    return "v1." + hashlib.sha256(text.encode()).hexdigest()
