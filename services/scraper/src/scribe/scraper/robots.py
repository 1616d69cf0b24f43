"""robots.txt, obeyed as RFC 9309 says, and kept for an hour."""

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from cachetools import TTLCache
from protego import Protego

from scribe.common.errors import WorkError

PRODUCT = "ScribeBot"
"""The product token that a robots.txt names to address the scraper."""
MAX_BYTES = 500 * 1024
TIMEOUT = 5.0
KEPT_SECONDS = 3600.0
MAX_ORIGINS = 512
ALLOW_ALL = ""
REFUSE_ALL = "User-agent: *\nDisallow: /"


class Robots:
    """Answers whether a page may be read. `client` must be a guarded one."""

    def __init__(self, client: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._kept: TTLCache[str, Protego] = TTLCache(MAX_ORIGINS, KEPT_SECONDS, timer=clock)

    async def allow(self, url: str) -> bool:
        """Whether the site lets the scraper read this page."""
        parts = urlsplit(url)
        rules = await self._rules(f"{parts.scheme}://{parts.netloc}")
        return bool(rules.can_fetch(url, PRODUCT))

    async def _rules(self, origin: str) -> Protego:
        kept = self._kept.get(origin)
        if kept is None:
            kept = self._kept[origin] = Protego.parse(await self._fetch(f"{origin}/robots.txt"))
        return kept

    async def _fetch(self, url: str) -> str:
        """The file's text. A site without one allows all; one that fails, or is not reached, nothing."""
        try:
            async with asyncio.timeout(TIMEOUT), self._client.stream("GET", url) as response:
                if response.status_code >= 500 or response.status_code == 429:
                    return REFUSE_ALL
                if response.status_code != 200:
                    return ALLOW_ALL
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) >= MAX_BYTES:
                        break
                return bytes(body[:MAX_BYTES]).decode(errors="replace")
        except (httpx.HTTPError, httpx.InvalidURL, WorkError, TimeoutError):
            return REFUSE_ALL
