"""Calls to services that are not ours: deadlines, and an error class that follows from the HTTP status alone."""

import math
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from scribe.common.errors import PermanentError, TransientError, WorkError
from scribe.common.observability.metrics import Metrics, UpstreamCall
from scribe.common.observability.spans import call_span, record_call

TRANSIENT_STATUSES = frozenset({408, 425, 429, 529})
CONNECT_TIMEOUT = 5.0
MAX_CONNECTIONS = 512
"""Two calls of each of the 256 deliveries that one worker may have in progress: none waits for another's connection."""
MAX_IDLE_CONNECTIONS = 128


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for (RFC 9110: whole seconds or an HTTP date), None where unusable."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


def error_for_status(upstream: str, status: int, headers: Mapping[str, str]) -> WorkError:
    """The error of an answer whose status is 400 or above. Its text holds no part of the answer's body."""
    message = f"{upstream} answered {status}"
    if status in TRANSIENT_STATUSES or status >= 500:
        named = parse_retry_after(headers.get("retry-after"), datetime.now(UTC))
        return TransientError(message, retry_after=named, code=str(status))
    return PermanentError(message, code=str(status))


@contextmanager
def outgoing(name: str, method: str, url: httpx.URL, metrics: Metrics) -> Iterator[UpstreamCall]:
    """One call, recorded as a span and in the metrics. The span names the server but not the path. The caller sets
    `outcome` on what is yielded.
    """
    with call_span(name, method, urlsplit(str(url))) as span, metrics.upstreams.call(name) as call:
        try:
            yield call
        finally:
            if call.outcome.isdigit():
                record_call(span, int(call.outcome))


@dataclass(frozen=True)
class Upstream:
    """A named service behind one pooled HTTP client."""

    name: str
    client: httpx.AsyncClient
    metrics: Metrics

    async def request(
        self, method: str, url: str, *, params: Mapping[str, str] | None = None, timeout: float | None = None
    ) -> httpx.Response:
        """One call, without retries: those are the pipeline's.

        Raises:
            TransientError: no answer, or 408, 425, 429, 5xx. PermanentError: any other status from 400.
        """
        with outgoing(self.name, method, self.client.base_url.join(url), self.metrics) as call:
            try:
                response = await self.client.request(method, url, params=params, timeout=timeout or self.client.timeout)
            except httpx.HTTPError as error:
                call.outcome = type(error).__name__
                raise TransientError(f"{self.name}: {call.outcome}", code=call.outcome) from error
            call.outcome = str(response.status_code)
        if response.status_code >= 400:
            raise error_for_status(self.name, response.status_code, response.headers)
        return response


@asynccontextmanager
async def open_upstream(
    name: str, base_url: str, metrics: Metrics, *, timeout: float, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Upstream]:
    """An upstream whose every call ends within `timeout` seconds per phase (connect: 5 s)."""
    metrics.upstreams.create_zeros(name)
    limits = httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_IDLE_CONNECTIONS)
    async with httpx.AsyncClient(
        base_url=base_url,
        timeout=httpx.Timeout(timeout, connect=CONNECT_TIMEOUT),
        headers=dict(headers or {}),
        limits=limits,
        follow_redirects=True,
    ) as client:
        yield Upstream(name=name, client=client, metrics=metrics)
