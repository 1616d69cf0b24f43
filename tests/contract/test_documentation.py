"""`GET /docs` works without the internet: Chromium shows every operation from the gateway's own files."""

import pytest
from playwright.async_api import async_playwright, expect

from tests.support.deadlines import stretched
from tests.support.gateway import Gateway
from tests.support.requirements import require_program

pytestmark = pytest.mark.asyncio(loop_scope="session")
LOADED = ("swagger-ui-bundle.js", "swagger-ui.css", "start.js", "favicon-32x32.png")


async def test_the_documentation_shows_every_operation_from_the_gateways_own_files(gateway: Gateway) -> None:
    async with gateway.client() as client:
        document = (await client.get("/openapi.json")).json()
    operations = sum(len(path) for path in document["paths"].values())
    asked: list[str] = []
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require_program("chromium"), args=["--no-sandbox"])
        page = await browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{gateway.url}/docs", timeout=stretched(20) * 1000)
        await expect(page.locator(".opblock")).to_have_count(operations, timeout=stretched(20) * 1000)
        await browser.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith((gateway.url, "data:"))] == []


@pytest.mark.parametrize("name", LOADED)
async def test_what_the_documentation_loads_is_there(gateway: Gateway, name: str) -> None:
    async with gateway.client() as client:
        assert (await client.get(f"/docs/{name}")).status_code == 200
        assert (await client.get(f"/docs/%2e%2e/{name}")).status_code == 404
