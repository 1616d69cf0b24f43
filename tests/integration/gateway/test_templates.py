"""Templates from a PDF: fetched through the guard, read in a process of its own, written by a model, five at most."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import structlog
from starlette.applications import Starlette

from scribe.common.process.health import serving
from scribe.fakes.server import Fakes
from scribe.gateway.__main__ import open_context
from scribe.gateway.app import create_app
from scribe.gateway.problems import BadRequest
from scribe.gateway.template_writer.documents import UNREACHABLE, Documents, parser, read_pdf
from scribe.gateway.template_writer.pdf_text import MEMORY
from tests.integration.gateway.pdf_pages import PAGES
from tests.support.gateway import Gateway, User, gateway_settings
from tests.support.issuer import Issuer
from tests.support.tls import serving_tls
from tests.support.waiting import eventually

INSTRUCTIONS = "Ask for a summer internship in a laboratory, friendly and short."


@dataclass(frozen=True)
class Site:
    """Whoever writes templates, and where the PDFs are."""

    user: User
    url: str
    fakes: Fakes

    async def create(self, path: str = "/resume.pdf", **headers: str) -> httpx.Response:
        body = {"pdf_url": f"{self.url}{path}", "user_instructions": INSTRUCTIONS}
        return await self.user.client.post("/api/templates/", json=body, headers=headers)


@pytest.fixture
def patience() -> float:
    """Seconds that writing a template may take."""
    return 45.0


@pytest.fixture
async def site(
    database_url: str, nats_url: str, issuer: Issuer, fakes: Fakes, tmp_path: Path, patience: float
) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        port, trusting = await stack.enter_async_context(serving_tls(Starlette(routes=PAGES), tmp_path))
        settings = gateway_settings(
            database_url,
            nats_url,
            issuer,
            anthropic_api_key="key",
            anthropic_base_url=fakes.anthropic_url,
            template_timeout=patience,
            templates_per_hour=1000,
            guard_allow=f"127.0.0.1:{port}",
        )
        context, _relay = await stack.enter_async_context(open_context(settings, structlog.get_logger()))
        context = replace(context, documents=Documents(settings.guard, trusting))
        gateway_port = await stack.enter_async_context(serving(create_app(context), "127.0.0.1", 0))
        url = f"http://127.0.0.1:{gateway_port}"
        gateway = Gateway(url, url, issuer, context)
        user = await stack.enter_async_context(gateway.user())
        yield Site(user, f"https://127.0.0.1:{port}", fakes)


async def test_a_template_has_its_length_its_placeholders_and_nothing_invented(site: Site) -> None:
    response = await site.create()
    assert response.status_code == 201, response.text
    text = response.json()["template_text"]
    assert 150 <= len(text.split()) <= 250
    assert "{{" in text
    assert "Ising model" in text
    profile = (await site.user.client.get("/api/user/profile")).json()
    assert profile["template_count"] == 1


async def test_a_pdf_that_only_its_owner_may_change_is_read(site: Site) -> None:
    response = await site.create("/owners.pdf")
    assert response.status_code == 201, response.text


async def test_the_limit_of_five_holds_under_parallel_requests_and_is_checked_before_the_model_is_paid(
    site: Site,
) -> None:
    responses = await asyncio.gather(*(site.create() for _ in range(9)))
    assert sorted(response.status_code for response in responses) == [201] * 5 + [429] * 4
    assert all(int(r.headers["Retry-After"]) > 0 for r in responses if r.status_code == 429)
    assert len(site.fakes.controls.calls_to("/anthropic")) == 5


async def test_deleting_a_template_makes_room(site: Site) -> None:
    created = [await site.create() for _ in range(5)]
    assert (await site.create()).status_code == 429
    assert (await site.user.client.delete(f"/api/templates/{created[0].json()['id']}")).status_code == 204
    assert (await site.create()).status_code == 201
    listed = await site.user.client.get("/api/templates")
    assert (len(listed.json()), listed.headers["X-Total-Count"]) == (5, "5")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1:1/resume.pdf",
        "https://10.0.0.1/resume.pdf",
        "https://localhost/resume.pdf",
        "https://[::1]/resume.pdf",
        "https://0x7f000001/resume.pdf",
        "https://user:secret@127.0.0.1/resume.pdf",
        "https://no-such-host.invalid/resume.pdf",
        "https://169.254.169.254/latest/meta-data/",
    ],
)
async def test_every_network_cause_has_one_wording(site: Site, url: str) -> None:
    body = {"pdf_url": url, "user_instructions": INSTRUCTIONS}
    response = await site.user.client.post("/api/templates/", json=body)
    assert (response.status_code, response.json()["detail"]) == (400, UNREACHABLE)


async def test_a_redirect_into_the_network_is_refused_like_everything_else(site: Site) -> None:
    response = await site.create("/to-metadata")
    assert (response.status_code, response.json()["detail"]) == (400, UNREACHABLE)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/not-a.pdf", "does not lead to a PDF"),
        ("/people/sato", "does not lead to a PDF"),
        ("/long.pdf", "more than 20 pages"),
        ("/blank.pdf", "no text"),
        ("/locked.pdf", "password"),
        ("/glyphs.pdf", "does not say which they are"),
        ("/big.pdf", "larger than 10 MB"),
        ("/nowhere.pdf", "could not be loaded"),
    ],
)
async def test_what_is_wrong_with_a_pdf_is_said(site: Site, path: str, says: str) -> None:
    response = await site.create(path)
    assert (response.status_code, says in response.json()["detail"]) == (400, True), response.text


@pytest.mark.parametrize("url", ["http://example.org/a.pdf", "file:///etc/passwd", "gopher://x/", "ftp://x/a.pdf", ""])
async def test_only_https_is_accepted(site: Site, url: str) -> None:
    body = {"pdf_url": url, "user_instructions": INSTRUCTIONS}
    assert (await site.user.client.post("/api/templates/", json=body)).status_code == 422


async def test_http_is_accepted_where_the_guard_makes_an_exception(site: Site) -> None:
    body = {"pdf_url": site.url.replace("https", "http") + "/resume.pdf", "user_instructions": INSTRUCTIONS}
    assert (await site.user.client.post("/api/templates/", json=body)).status_code == 400, "there is TLS, so no PDF"


async def test_a_pdf_that_cannot_be_read_costs_nothing_and_the_log_says_why(site: Site) -> None:
    with structlog.testing.capture_logs() as logs:
        refused = await site.create("/nowhere.pdf")
    assert refused.status_code == 400
    assert [entry["reason"] for entry in logs if entry["event"] == "pdf_unusable"] == ["status 404"]
    assert "404" not in refused.text
    assert (await site.create()).headers["RateLimit"].startswith('"templates";r=999')


async def test_a_model_that_answers_rubbish_is_502_and_costs_no_place(site: Site) -> None:
    site.fakes.controls.add(path="/anthropic", behaviour="rubbish")
    assert (await site.create()).status_code == 502
    assert (await site.user.client.get("/api/templates/")).json() == []
    site.fakes.controls.reset()
    assert (await site.create()).status_code == 201


@pytest.mark.parametrize("patience", [2.0])
async def test_a_model_that_does_not_answer_is_504(site: Site) -> None:
    site.fakes.controls.add(path="/anthropic", hang=True)
    assert (await site.create()).status_code == 504


async def test_a_repeated_request_is_paid_for_once(site: Site) -> None:
    first, again = [await site.create(**{"Idempotency-Key": "one"}) for _ in range(2)]
    assert first.json() == again.json()
    assert len(site.fakes.controls.calls_to("/anthropic")) == 1


async def test_the_process_that_reads_a_pdf_holds_no_keys_and_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    async with parser() as process:
        directory = Path(f"/proc/{process.pid}")
        await eventually(lambda: f" {MEMORY} " in (directory / "limits").read_text())
        assert (directory / "environ").read_bytes() == b""


async def test_a_pdf_that_takes_too_long_is_given_up_and_its_process_killed() -> None:
    with pytest.raises(BadRequest):
        await read_pdf(b"%PDF-1.7", deadline=0)
    async with parser() as process:
        assert process.returncode is None
    assert process.returncode == -signal.SIGKILL
