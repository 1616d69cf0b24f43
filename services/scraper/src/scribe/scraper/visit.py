"""One visit to one page: a fresh context with a proxy of its own, so that pages share nothing and end completely."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Error, Page, Response, Route, WebSocketRoute
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from pydantic import ValidationError

from scribe.common.http.guard import UrlGuard
from scribe.scraper.browsing import CLOSE_TIMEOUT, Limits, PageError, StuckError
from scribe.scraper.extraction import MAX_HTML, SNAPSHOT, Snapshot
from scribe.scraper.proxy import Budget, guarded_proxy
from scribe.scraper.trackers import is_tracker

LOADED = frozenset({"document", "script", "xhr", "fetch", "stylesheet"})
"""Kinds of request that a page's text may need; images, media, fonts, sockets and the like are not loaded."""
READABLE = ("text/html", "application/xhtml+xml", "text/plain")
QUIET_TIMEOUT = 4.0
"""Seconds that a page is given to build itself once its document has come."""
WORLD = "scribe"
SPENT_GRACE = 2.0


async def visit(browser: Browser, url: str, guard: UrlGuard, limits: Limits) -> Snapshot:
    """What the page shows once its scripts have built it.

    Raises:
        PageError: it cannot be read. StuckError: the browser has to be ended.
    """
    async with guarded_proxy(guard, limits.max_bytes) as proxy, _context(browser, proxy.url, limits) as context:
        try:
            async with asyncio.timeout(limits.seconds) as scope, _hurried(scope, proxy.budget):
                return await _read(await context.new_page(), url, limits)
        except TimeoutError as error:
            raise PageError("too_large" if proxy.budget.remaining < 0 else "timeout") from error
        except Error as error:
            raise PageError(_outcome(error, refused=proxy.refused > 0, spent=proxy.budget.remaining < 0)) from error
        except ValidationError as error:
            raise PageError("unreadable") from error


@asynccontextmanager
async def _hurried(scope: asyncio.Timeout, budget: Budget) -> AsyncIterator[None]:
    """Shorten the deadline once all bytes are spent: the page will not load anything more."""

    def hurry() -> None:
        end = asyncio.get_running_loop().time() + SPENT_GRACE
        if not scope.expired() and end < (scope.when() or math.inf):
            scope.reschedule(end)

    budget.when_spent = hurry
    try:
        yield
    finally:
        budget.when_spent = lambda: None


@asynccontextmanager
async def _context(browser: Browser, proxy: str, limits: Limits) -> AsyncIterator[BrowserContext]:
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            context = await browser.new_context(
                user_agent=limits.user_agent,
                proxy={"server": proxy},
                accept_downloads=False,
                service_workers="block",
                locale="en-US",
            )
    except (TimeoutError, Error) as error:
        raise StuckError from error
    try:
        await context.route("**/*", _admit)
        await context.route_web_socket("**/*", _refuse_socket)
        yield context
    finally:
        await _close(context)


async def _close(context: BrowserContext) -> None:
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await context.close()
    except TimeoutError as error:
        raise StuckError from error
    except Error:
        return


async def _admit(route: Route) -> None:
    request = route.request
    wanted = request.resource_type in LOADED and not is_tracker(urlsplit(request.url).hostname or "")
    try:
        await (route.continue_() if wanted else route.abort("blockedbyclient"))
    except Error:
        return


async def _refuse_socket(socket: WebSocketRoute) -> None:
    await socket.close()


async def _read(page: Page, url: str, limits: Limits) -> Snapshot:
    response = await page.goto(url, wait_until="domcontentloaded", timeout=limits.seconds * 1000)
    _raise_if_unreadable(response)
    with suppress(PlaywrightTimeoutError):  # a page that never rests is read as it is
        await page.wait_for_load_state("networkidle", timeout=QUIET_TIMEOUT * 1000)
    return Snapshot.model_validate(await _evaluate_isolated(page, f"({SNAPSHOT})({MAX_HTML})"))


async def _evaluate_isolated(page: Page, expression: str) -> object:
    """The value of an expression in a world of its own: it sees the page's elements, and no object that the page's
    scripts could have changed (`String.prototype.slice` among them).

    Raises:
        Error: it has none.
    """
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Page.getFrameTree")
    world = await session.send(
        "Page.createIsolatedWorld", {"frameId": tree["frameTree"]["frame"]["id"], "worldName": WORLD}
    )
    context = world["executionContextId"]
    answer = await session.send(
        "Runtime.evaluate", {"expression": expression, "contextId": context, "returnByValue": True}
    )
    return answer["result"].get("value")


def _raise_if_unreadable(response: Response | None) -> None:
    if response is None:
        raise PageError("empty")
    if response.status >= 400:
        raise PageError("status")
    if not response.headers.get("content-type", "text/html").lower().startswith(READABLE):
        raise PageError("content_type")


def _outcome(error: Error, *, refused: bool, spent: bool) -> str:
    if spent:
        return "too_large"
    if "Target crashed" in error.message or "Page crashed" in error.message:
        return "crashed"
    if isinstance(error, PlaywrightTimeoutError):
        return "timeout"
    return "refused" if refused else "failed"
