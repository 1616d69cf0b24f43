"""Queries to arXiv with the `arxiv` package, which builds the URL and parses the records.

The library is synchronous, and so is a client: one request at a time, in a thread.
"""

from dataclasses import dataclass
from functools import partial
from typing import Protocol

import httpx

import arxiv
from scribe.arxiv.detached import in_detached_thread
from scribe.arxiv.feed import read_feed
from scribe.arxiv.records import Record, as_record
from scribe.arxiv.transport import LimitedTransport
from scribe.common.errors import TransientError
from scribe.common.http.upstream import outgoing
from scribe.common.observability.metrics import Metrics

USER_AGENT = "Scribe/0.1 (research assistant; https://info.arxiv.org/help/api/tou.html)"


@dataclass(frozen=True)
class ResultPage:
    """The newest records that fit a query. `total` is how many there are, `entries` how many were sent."""

    records: tuple[Record, ...]
    total: int
    entries: int
    unreadable: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether these are all that there are."""
        return self.entries >= self.total


class PaperSource(Protocol):
    """Whoever answers queries."""

    async def search(self, query: str, limit: int) -> ResultPage: ...


class _Library(arxiv.Client):  # type: ignore[misc]
    """The library's client for single pages: its own generator would go on to the next one by itself."""

    def __init__(self, url: str, transport: LimitedTransport) -> None:
        super().__init__(delay_seconds=0, num_retries=0)
        self.query_url_format = f"{url.rstrip('/')}/api/query?{{}}"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, transport)

    def page(self, search: arxiv.Search, limit: int) -> list[arxiv.Result]:
        """The first `limit` results, in one request."""
        return list(self._parse_feed(self._format_url(search, 0, limit)).results)


class ArxivClient:
    """arXiv's API at `url`. An answer takes at most `timeout` seconds; nothing is asked twice."""

    def __init__(self, url: str, timeout: float, metrics: Metrics) -> None:
        self._url = httpx.URL(url)
        self._metrics = metrics
        self._transport = LimitedTransport(timeout, USER_AGENT)
        self._library = _Library(url, self._transport)
        metrics.upstreams.create_zeros("arxiv")

    async def search(self, query: str, limit: int) -> ResultPage:
        """The `limit` newest records that fit.

        Raises:
            TransientError: arXiv gives no whole answer. PermanentError: it refuses the query, or answers too much.
        """
        search = arxiv.Search(query, max_results=limit, sort_by=arxiv.SortCriterion.SubmittedDate)
        with outgoing("arxiv", "GET", self._url, self._metrics) as call:
            try:
                return await in_detached_thread(partial(self._page, search, limit))
            finally:
                call.outcome = self._transport.outcome or call.outcome

    def _page(self, search: arxiv.Search, limit: int) -> ResultPage:
        results = self._library.page(search, limit)
        feed = self._transport.feed
        if feed is None:
            raise TransientError("arxiv answered without a feed")
        return _page(results, feed.total, feed.entries)


def page_of(body: bytes) -> ResultPage:
    """The page that a feed holds.

    Raises:
        TransientError: it is not a whole feed. PermanentError: it is arXiv's description of an error.
    """
    feed = read_feed(body)
    return _page(arxiv._feed.parse(feed.body).results, feed.total, feed.entries)  # noqa: SLF001 - without a request


def _page(results: list[arxiv.Result], total: int, entries: int) -> ResultPage:
    records = tuple(record for record in map(as_record, results) if record is not None)
    return ResultPage(records, total, entries, entries - len(records))
