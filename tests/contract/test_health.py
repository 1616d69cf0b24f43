"""Probes, metrics and the console page: open to everybody, and saying nothing secret."""

import httpx
import pytest

from tests.support.gateway import Gateway

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_health_names_database_and_broker(gateway: Gateway) -> None:
    async with gateway.client() as client:
        response = await client.get("/health")

    body = response.json()
    assert response.status_code == 200
    assert set(body) == {"status", "database", "broker", "timestamp", "version"}
    assert body["status"] == "healthy"
    assert body["timestamp"].endswith("Z")


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_probes_answer(gateway: Gateway, path: str) -> None:
    async with gateway.client() as client:
        assert (await client.get(path)).status_code == 200


async def test_metrics_are_prometheus_text(gateway: Gateway) -> None:
    async with gateway.client() as client:
        await client.get("/health")

    assert 'scribe_http_requests_total{method="GET",route="/health",status="200"}' in await gateway.metrics()


async def test_metrics_are_not_on_the_public_port_and_probes_also_on_the_other(gateway: Gateway) -> None:
    async with gateway.client() as client:
        assert (await client.get("/metrics")).status_code == 404
    async with httpx.AsyncClient(base_url=gateway.probe_url) as client:
        assert [(await client.get(path)).status_code for path in ("/livez", "/readyz", "/api/user")] == [200, 200, 404]


async def test_a_server_error_is_counted_from_zero_on(gateway: Gateway) -> None:
    counted = await gateway.metrics()

    for route, status in (("/api/email/generate", 500), ("/api/templates/", 503), ("/api/queue/batch", 500)):
        assert f'scribe_http_requests_total{{method="POST",route="{route}",status="{status}"}} 0.0' in counted


async def test_methods_that_nobody_knows_make_one_series(gateway: Gateway) -> None:
    async with gateway.client() as client:
        for method in ("PROPFIND", "MKCALENDAR"):
            assert (await client.request(method, "/api/user")).status_code == 405
    counted = await gateway.metrics()

    assert 'scribe_http_requests_total{method="_OTHER",route="/api/user",status="405"} 2.0' in counted
    assert "PROPFIND" not in counted


async def test_console_is_a_page_for_people_and_json_for_programs(gateway: Gateway) -> None:
    async with gateway.client() as client:
        page = await client.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        facts = await client.get("/", headers={"Accept": "application/json"})

    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert set(facts.json()) == {"name", "version", "docs", "health"}
