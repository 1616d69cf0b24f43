"""Fetching a PDF and extracting its text. All network errors have one wording, which tells nothing of our network."""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx

from scribe.common.errors import PermanentError, TransientError, WorkError
from scribe.common.http.guard import UrlGuard, guarded_client
from scribe.gateway.problems import BadRequest, ServiceUnavailable
from scribe.gateway.template_writer.pdf_result import MAX_PAGES, Result

MAX_BYTES = 10 * 1024 * 1024
FETCH_DEADLINE = 15.0
PARSE_DEADLINE = 15.0
PARSERS = 2
"""PDFs that are parsed at once, each within `pdf_text.MEMORY`, so that all of them fit into the gateway's pod."""
USER_AGENT = "ScribeBot/0.1"
CONTENT_TYPES = frozenset({"application/pdf", "application/x-pdf", "application/octet-stream", "binary/octet-stream"})
MAGIC = b"%PDF-"
UNREACHABLE = "The PDF could not be loaded from this address."
NO_PDF = "The address does not lead to a PDF that can be read."
UNUSABLE: Mapping[int, str] = {
    Result.TOO_MANY_PAGES: f"The PDF has more than {MAX_PAGES} pages.",
    Result.NO_TEXT: "The PDF holds no text. If it is a scan, export it from the program that made it.",
    Result.NEEDS_PASSWORD: "The PDF opens with a password only. Save a copy without one.",
    Result.NO_CHARACTERS: "The PDF shows letters but does not say which they are. Export it anew, with Unicode fonts.",
}


class Documents:
    """Fetches and reads PDFs. `tls` says which authorities are trusted, where it is not the usual ones."""

    def __init__(self, guard: UrlGuard, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        self._tls = tls
        self._parsers = asyncio.Semaphore(PARSERS)

    async def text_at(self, url: str) -> str:
        """The text of the PDF at a URL that a user has given.

        Raises:
            BadRequest: it cannot be had, or is not a PDF of at most 10 MB and 20 pages with text in it.
            ServiceUnavailable: others have had theirs read for longer than `PARSE_DEADLINE`.
        """
        content = await self._fetch(url)
        try:
            async with asyncio.timeout(PARSE_DEADLINE):
                await self._parsers.acquire()
        except TimeoutError:
            raise ServiceUnavailable("Many PDFs are being read at the moment. Please try again.") from None
        try:
            return await read_pdf(content)
        finally:
            self._parsers.release()

    async def _fetch(self, url: str) -> bytes:
        client = guarded_client(self._guard, timeout=FETCH_DEADLINE, user_agent=USER_AGENT, tls=self._tls)
        try:
            async with asyncio.timeout(FETCH_DEADLINE), client, client.stream("GET", url) as response:
                return await _read(response)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, PermanentError, TransientError, OSError) as error:
            raise BadRequest(UNREACHABLE, reason=_reason(error)) from None


def _reason(error: Exception) -> str:
    """What goes into the log; of errors that are not ours, whose texts may hold the address, the class alone."""
    return str(error) if isinstance(error, WorkError) else type(error).__name__


async def _read(response: httpx.Response) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise BadRequest(UNREACHABLE, reason=f"status {response.status_code}")
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type and content_type not in CONTENT_TYPES:
        raise BadRequest(NO_PDF, reason="another content type")
    content = bytearray()
    async for chunk in response.aiter_bytes(64 * 1024):
        content += chunk
        if len(content) > MAX_BYTES:
            raise BadRequest("The PDF is larger than 10 MB.")
    if MAGIC not in content[:1024]:
        raise BadRequest(NO_PDF, reason="no %PDF- at its beginning")
    return bytes(content)


async def read_pdf(content: bytes, deadline: float = PARSE_DEADLINE) -> str:
    """The text of a PDF, read by a process that is killed when it takes longer than `deadline` seconds.

    Raises:
        BadRequest: it has too many pages, no text, or cannot be read.
    """
    try:
        async with asyncio.timeout(deadline), parser() as process:
            text, _ = await process.communicate(content)
    except TimeoutError:
        raise BadRequest(NO_PDF) from None
    if process.returncode != Result.TEXT:
        raise BadRequest(UNUSABLE.get(process.returncode or 0, NO_PDF))
    return text.decode()


@asynccontextmanager
async def parser() -> AsyncIterator[asyncio.subprocess.Process]:
    """The process that reads a stranger's PDF: without our environment, which holds keys, and gone after the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "scribe.gateway.template_writer.pdf_text"),
        env={},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
