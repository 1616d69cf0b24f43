"""robots.txt, obeyed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scribe.common.http.guard import UrlGuard, guarded_client
from scribe.common.process.health import serving
from scribe.scraper.robots import KEPT_SECONDS, Robots
from tests.support.deadlines import within


@dataclass
class Site:
    """A site with a robots.txt."""

    robots: Response
    asked: int = 0
    now: float = 0.0
    port: int = 0

    async def answer(self, _request: Request) -> Response:
        """The file."""
        self.asked += 1
        return self.robots

    def url(self, path: str) -> str:
        """A page of the site."""
        return f"http://127.0.0.1:{self.port}{path}"


@asynccontextmanager
async def robots_of(site: Site) -> AsyncIterator[Robots]:
    """The rules, asked of that site."""
    async with serving(Starlette(routes=[Route("/robots.txt", site.answer)]), "127.0.0.1", 0) as site.port:
        guard = UrlGuard(frozenset({("127.0.0.1", site.port)}))
        async with guarded_client(guard, timeout=10, user_agent="ScribeBot/0.1") as client:
            yield Robots(client, clock=lambda: site.now)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("User-agent: *\nDisallow: /private", "/private/x", False),
        ("User-agent: *\nDisallow: /private", "/public", True),
        ("User-agent: ScribeBot\nDisallow: /", "/public", False),
        ("User-agent: OtherBot\nDisallow: /", "/public", True),
        ("User-agent: *\nDisallow: /\nAllow: /people/", "/people/ada", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow:", "/x", True),
        ("", "/x", True),
        ("<html>not rules</html>", "/x", True),
    ],
)
async def test_the_rules_are_obeyed(rules: str, path: str, *, allowed: bool) -> None:
    site = Site(PlainTextResponse(rules))
    async with robots_of(site) as robots:
        assert await robots.allow(site.url(path)) is allowed


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (410, True), (500, False), (503, False)])
async def test_a_site_without_rules_allows_all_and_a_failing_one_nothing(status: int, *, allowed: bool) -> None:
    site = Site(Response("", status))
    async with robots_of(site) as robots:
        assert await robots.allow(site.url("/x")) is allowed


async def test_a_site_that_is_not_reached_is_not_read() -> None:
    site = Site(PlainTextResponse(""))
    async with robots_of(site) as robots:
        assert not await robots.allow("http://10.0.0.1/x")


async def test_the_rules_are_kept_for_an_hour() -> None:
    site = Site(PlainTextResponse("User-agent: *\nDisallow: /private"))
    async with robots_of(site) as robots:
        await robots.allow(site.url("/a"))
        await robots.allow(site.url("/b"))
        assert site.asked == 1
        site.now += KEPT_SECONDS + 1
        await robots.allow(site.url("/a"))
        assert site.asked == 2


async def test_endless_rules_are_read_only_so_far() -> None:
    site = Site(PlainTextResponse("User-agent: *\nDisallow: /private\n" + "# x\n" * 1_000_000))
    async with robots_of(site) as robots, within(10):
        assert not await robots.allow(site.url("/private"))
