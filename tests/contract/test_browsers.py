"""What a browser and whoever follows a request through the logs rely on: CORS and request ids."""

import pytest

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
