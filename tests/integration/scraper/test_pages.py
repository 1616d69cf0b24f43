"""Foreign pages in a real Chromium: what is read, what is refused, and what a page cannot do."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from scribe.scraper.sources import ReadPage
from tests.integration.scraper.reading import Reading, reading
from tests.integration.scraper.site import TEXT

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("chromium")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[Reading]:
    """One browser for all tests here: what one page does must not reach the next."""
    async with reading(page_max_bytes=2_000_000, user_agent="ScribeBot/0.1 (+https://x.example)") as made:
        yield made
        assert made.restarts == 0


@pytest.fixture
def browser(shared: Reading) -> Reading:
    """The browser, with a site that has forgotten what it was asked."""
    shared.site.asked.clear()
    return shared


async def test_a_page_is_read(browser: Reading) -> None:
    read = browser.pages("read")
    assert await browser.read("plain") == ReadPage(title="plain", text=f"Ada\n{TEXT}")
    assert browser.pages("read") == read + 1


async def test_a_page_built_by_scripts_is_read_as_it_shows_itself(browser: Reading) -> None:
    page = await browser.read("built")
    assert page is not None
    assert TEXT in page.text


async def test_text_that_no_reader_sees_is_not_read(browser: Reading) -> None:
    page = await browser.read("hidden")
    assert page is not None
    assert TEXT in page.text
    assert not any(word in page.text for word in ("NONE", "INVISIBLE", "CLEAR", "TINY", "AWAY", "ATTRIBUTE"))


async def test_what_a_page_makes_of_the_languages_own_objects_changes_nothing(browser: Reading) -> None:
    page = await browser.read("forging")
    assert page is not None
    assert TEXT in page.text
    assert "FORGED" not in page.text
    assert "NONE" not in page.text


@pytest.mark.parametrize("path", ["text", "moved", "alerting", "restless", "popups", "many"])
async def test_unusual_pages_are_read(browser: Reading, path: str) -> None:
    page = await browser.read(path)
    assert page is not None
    assert TEXT in page.text


async def test_pictures_media_fonts_and_trackers_are_not_loaded(browser: Reading) -> None:
    assert await browser.read("heavy") is not None
    assert [path for path in browser.site.asked if path.startswith("data?")] == []


async def test_windows_that_a_page_opens_are_blocked(browser: Reading) -> None:
    assert await browser.read("popups") is not None
    assert len([path for path in browser.site.asked if path.startswith("plain")]) <= 1


@pytest.mark.parametrize("path", ["prying", "socket", "worker"])
async def test_a_page_that_pries_into_the_inside_is_read_and_learns_nothing(browser: Reading, path: str) -> None:
    page = await browser.read(path)
    assert page is not None
    assert TEXT in page.text
    assert browser.site.inside_reached == 0


@pytest.mark.parametrize("path", ["leaving", "sending", "refreshing", "inside"])
async def test_a_page_that_leaves_for_the_inside_is_not_followed(browser: Reading, path: str) -> None:
    await browser.read(path)
    assert browser.site.inside_reached == 0


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("missing", "status"),
        ("image", "content_type"),
        ("empty", "empty"),
        ("private", "robots"),
        ("circle", "failed"),
        ("inside", "refused"),
        ("endless", "timeout"),
        ("drip", "timeout"),
        ("huge", "too_large"),
    ],
)
async def test_a_page_that_cannot_be_read_costs_only_itself(browser: Reading, path: str, outcome: str) -> None:
    before = browser.pages(outcome)
    patient = browser.within(3.0) if outcome == "timeout" else browser
    assert await patient.read(path) is None
    assert browser.pages(outcome) == before + 1
    assert await browser.read("plain") is not None


@pytest.mark.parametrize("path", ["file.pdf", "download"])
async def test_nothing_is_downloaded(browser: Reading, path: str) -> None:
    assert await browser.read(path) is None


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://169.254.169.254/", "file:///etc/passwd", "http://localhost/", "x", "http://[::1/"],
)
async def test_the_guard_is_asked_before_the_browser(browser: Reading, url: str) -> None:
    refused = browser.pages("refused")
    assert await browser.reader.read(url) is None
    assert browser.pages("refused") == refused + 1


async def test_pages_share_nothing(browser: Reading) -> None:
    for _ in range(2):
        page = await browser.read("cookie")
        assert page is not None
        assert "seen=null" in page.text


async def test_the_scraper_says_who_it_is(browser: Reading) -> None:
    browser.site.user_agents.clear()
    await browser.read("built")
    assert browser.site.user_agents == {"ScribeBot/0.1 (+https://x.example)"}


async def test_a_page_that_eats_memory_costs_only_itself(browser: Reading) -> None:
    assert await browser.within(5.0).read("eater") is None
    assert await browser.read("plain") is not None
