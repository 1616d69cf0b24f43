"""Calls to the outside: the status alone decides what an error means."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scribe.common.errors import PermanentError, TransientError
from scribe.common.http.upstream import Upstream, error_for_status, open_upstream, parse_retry_after
from scribe.common.observability.metrics import Metrics
from scribe.common.process.health import serving

NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def answer(request: Request) -> Response:
    """Answers with the status in the path, and a `Retry-After`."""
    status = int(request.path_params["status"])
    return PlainTextResponse("secret upstream text", status, headers={"Retry-After": "7"})


async def hang(_request: Request) -> Response:
    """Never answers in time."""
    await asyncio.Event().wait()
    return Response()


@asynccontextmanager
async def upstream(metrics: Metrics, timeout: float = 5.0) -> AsyncIterator[Upstream]:
    app = Starlette(routes=[Route("/status/{status:int}", answer), Route("/hang", hang)])
    async with (
        serving(app, "127.0.0.1", 0) as port,
        open_upstream("papers", f"http://127.0.0.1:{port}", metrics, timeout=timeout) as opened,
    ):
        yield opened


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 529])
async def test_passing_trouble_is_transient_and_says_when_to_come_back(status: int) -> None:
    async with upstream(Metrics()) as papers:
        with pytest.raises(TransientError) as caught:
            await papers.request("GET", f"/status/{status}")
    assert caught.value.retry_after == 7
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
async def test_other_client_errors_are_permanent(status: int) -> None:
    async with upstream(Metrics()) as papers:
        with pytest.raises(PermanentError):
            await papers.request("GET", f"/status/{status}")


async def test_no_answer_within_the_deadline_is_transient() -> None:
    async with upstream(Metrics(), timeout=1.0) as papers:
        with pytest.raises(TransientError, match="ReadTimeout"):
            await papers.request("GET", "/hang")


async def test_nobody_listening_is_transient() -> None:
    async with open_upstream("papers", "http://127.0.0.1:1", Metrics(), timeout=5.0) as papers:
        with pytest.raises(TransientError, match="ConnectError"):
            await papers.request("GET", "/")


async def test_every_call_is_counted_by_its_outcome() -> None:
    metrics = Metrics()
    async with upstream(metrics) as papers:
        await papers.request("GET", "/status/200")
        with pytest.raises(TransientError):
            await papers.request("GET", "/status/503")
    for outcome in ("200", "503"):
        labels = {"upstream": "papers", "outcome": outcome}
        assert metrics.registry.get_sample_value("scribe_upstream_calls_total", labels) == 1


@given(st.text(max_size=40))
def test_a_retry_after_nobody_understands_is_none_or_a_number_never_a_crash(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0


def test_retry_after_as_a_date() -> None:
    assert parse_retry_after(format_datetime(NOW + timedelta(seconds=90), usegmt=True), NOW) == 90
    assert parse_retry_after(format_datetime(NOW - timedelta(seconds=90), usegmt=True), NOW) == 0


@given(st.integers(min_value=400, max_value=599))
def test_every_status_from_400_has_a_class(status: int) -> None:
    assert isinstance(error_for_status("x", status, {}), TransientError | PermanentError)
