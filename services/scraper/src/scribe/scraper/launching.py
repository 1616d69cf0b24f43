"""Starting Chromium through Playwright, which takes 6 MiB: this module is loaded with the first page."""

import asyncio
import os
import shutil
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Error, Playwright, async_playwright

from scribe.common.observability.logs import Logger
from scribe.scraper.browsing import CLOSE_TIMEOUT, LAUNCH_TIMEOUT, LaunchError
from scribe.scraper.settings import ScraperSettings

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
UNWANTED = ("--disable-popup-blocking",)
"""Playwright's defaults that are not wanted: every popup would be a process of its own that nothing reads."""
NOWHERE = "http://127.0.0.1:9"
"""The proxy of whatever does not belong to a page."""

ARGUMENTS = (
    "--disable-quic",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pings",
    "--mute-audio",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--in-process-gpu",
    "--js-flags=--max-old-space-size=128",
)
"""Arguments that leave the page's proxy as the only way out: no QUIC, no UDP of WebRTC, no DNS by Chromium."""


@dataclass(frozen=True)
class Session:
    """A running browser with the driver that controls it."""

    playwright: Playwright
    browser: Browser

    async def close(self) -> None:
        """End both; what has died already is no fault."""
        for end in (self.browser.close, self.playwright.stop):
            with suppress(Error, TimeoutError, OSError):
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await end()


def find_chromium(configured: str | None, bundled: str) -> str | None:
    """The path of a Chromium: the configured one, the system's, or the one that Playwright has installed."""
    if configured:
        return shutil.which(configured)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (bundled if Path(bundled).exists() else None)


async def start_chromium(settings: ScraperSettings, log: Logger) -> Session | None:
    """Start the driver and the browser; None where the machine has none.

    Raises:
        LaunchError: it does not start.
    """
    try:
        return await _start(settings, log)
    except Error as error:
        raise LaunchError("playwright did not start Chromium") from error


async def _start(settings: ScraperSettings, log: Logger) -> Session | None:
    async with AsyncExitStack() as stack:
        playwright = await _start_driver()
        stack.push_async_callback(playwright.stop)
        path = find_chromium(settings.chromium, playwright.chromium.executable_path)
        if path is None:
            return None
        browser = await _launch(playwright, path, settings, log)
        stack.pop_all()
        return Session(playwright, browser)


async def _start_driver() -> Playwright:
    """Start playwright's driver.

    When the driver dies, playwright keeps that error where it reads it only during the start; it is read here, so that
    asyncio does not report it as one that nobody handles.
    """
    manager = async_playwright()
    playwright = await manager.start()
    if manager._client:  # noqa: SLF001 - there is no public way to it
        manager._client._transport.on_error_future.add_done_callback(asyncio.Future.exception)  # noqa: SLF001
    return playwright


async def _launch(playwright: Playwright, path: str, settings: ScraperSettings, log: Logger) -> Browser:
    sandbox = settings.browser_sandbox == "on" or (settings.browser_sandbox == "auto" and os.geteuid() != 0)
    try:
        return await _launch_with(playwright, path, sandbox=sandbox)
    except Error:
        if not sandbox or settings.browser_sandbox == "on":
            raise
        log.warning("browser_without_sandbox", reason="Chromium did not start with its own sandbox")
        return await _launch_with(playwright, path, sandbox=False)


async def _launch_with(playwright: Playwright, path: str, *, sandbox: bool) -> Browser:
    return await playwright.chromium.launch(
        executable_path=path,
        args=list(ARGUMENTS),
        ignore_default_args=list(UNWANTED),
        chromium_sandbox=sandbox,
        proxy={"server": NOWHERE},
        timeout=LAUNCH_TIMEOUT * 1000,
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )
