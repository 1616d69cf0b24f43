"""What a browser and whoever follows a request through the logs rely on: CORS and request ids."""

import pytest
import structlog

from tests.contract.conftest import ORIGIN
from tests.support.gateway import Gateway, User

pytestmark = pytest.mark.asyncio(loop_scope="session")

EXPOSED = {
    *("X-Request-ID", "Location", "Retry-After", "ETag", "RateLimit", "RateLimit-Policy", "X-Total-Count", "Link"),
    "Content-Disposition",
}


async def test_configured_origin_may_call_with_credentials(gateway: Gateway) -> None:
    headers = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, content-type, x-request-id, idempotency-key, if-none-match, "
        "traceparent, cache-control, scribe-repeat",
    }
    async with gateway.client() as client:
        response = await client.options("/api/user/template", headers=headers)

    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-allow-credentials"] == "true"
    assert "PATCH" in response.headers["access-control-allow-methods"]


async def test_foreign_origin_is_told_nothing(gateway: Gateway) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    async with gateway.client() as client:
        preflight = await client.options("/api/queue/", headers=headers)
        simple = await client.get("/health", headers={"Origin": "https://evil.example"})

    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in simple.headers


@pytest.mark.parametrize("path", ["/api/queue/", "/api/nothing", "/health"])
async def test_every_answer_exposes_the_headers_of_the_contract(user: User, path: str) -> None:
    response = await user.client.get(path, headers={"Origin": ORIGIN})

    exposed = {name.strip() for name in response.headers["access-control-expose-headers"].split(",")}
    assert exposed == EXPOSED
    assert "Origin" in response.headers["vary"]


async def test_request_id_is_taken_over(user: User) -> None:
    response = await user.client.get("/api/queue/", headers={"X-Request-ID": "from-the-frontend-1"})

    assert response.headers["x-request-id"] == "from-the-frontend-1"


@pytest.mark.parametrize("given", [None, "", "with space", "x" * 129, 'quote"'])
async def test_request_id_is_made_where_none_usable_is_given(user: User, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-ID": given}
    response = await user.client.get("/api/queue/", headers=headers)

    assert len(response.headers["x-request-id"]) == 36


async def test_refusal_has_a_request_id_too(gateway: Gateway) -> None:
    async with gateway.client() as client:
        response = await client.get("/api/queue/")

    assert response.status_code == 401
    assert response.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/api/user", "/api/templates/", "/api/nothing", "/health", "/docs", "/openapi.json"])
async def test_browsers_neither_frame_nor_sniff_nor_name_an_answer(user: User, path: str) -> None:
    headers = (await user.client.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]


async def test_the_console_may_not_be_framed_either(gateway: Gateway) -> None:
    async with gateway.client() as client:
        assert "frame-ancestors 'none'" in (await client.get("/")).headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/api/user", "/api/templates/", "/api/email/", "/api/email/export"])
async def test_personal_answers_are_kept_nowhere(user: User, path: str) -> None:
    assert (await user.client.get(path)).headers["cache-control"] == "no-store"


async def test_what_is_polled_is_asked_for_anew_each_time(user: User) -> None:
    assert (await user.client.get("/api/queue/")).headers["cache-control"] == "private, no-cache"


async def test_a_repeated_request_id_does_not_merge_requests_in_the_logs(user: User) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        for _ in range(2):
            await user.client.get("/api/user", headers={"X-Request-ID": "the-same"})

    requests = [line for line in lines if line["event"] == "request"]
    assert [line["client_request_id"] for line in requests] == ["the-same", "the-same"]
    assert len({line["request_id"] for line in requests}) == 2
