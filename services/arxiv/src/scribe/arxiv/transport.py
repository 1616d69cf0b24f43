"""Our limits around the requests of the arxiv package: one request, one deadline, one size, errors by status."""

import time
from collections.abc import Mapping
from io import BytesIO

import requests
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from scribe.arxiv.feed import Feed, read_feed
from scribe.common.errors import PermanentError, TransientError
from scribe.common.http.upstream import CONNECT_TIMEOUT, error_for_status

CHUNK = 16 * 1024
MAX_BYTES = 16 * 1024 * 1024


class AnswerTooLargeError(PermanentError):
    """The answer is larger than 16 MiB: fewer records are to be asked for."""


class LimitedTransport(HTTPAdapter):
    """Sends what the library's session is given; an answer is read whole, and checked, before the library has it.

    For one request at a time: `outcome` is the status of the last one or the class of its fault, `feed` what it gave.
    """

    def __init__(self, timeout: float, user_agent: str) -> None:
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)
        self._deadline = timeout
        self._user_agent = user_agent
        self.outcome = ""
        self.feed: Feed | None = None

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: bool | str = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request within the deadline.

        Raises:
            TransientError: no answer in time, no whole feed, or 408, 425, 429, 5xx.
            PermanentError: any other status from 400; arXiv refuses the query; AnswerTooLargeError.
        """
        del stream, timeout, cert
        self.feed, self.outcome = None, "error"
        request.headers["User-Agent"] = self._user_agent
        until = time.monotonic() + self._deadline
        try:
            response = super().send(
                request,
                stream=True,
                timeout=(min(CONNECT_TIMEOUT, self._deadline), self._deadline),
                verify=verify,
                proxies=dict(proxies or {}),
            )
            with response:
                return self._read(response, until)
        except (requests.RequestException, OSError) as error:
            self.outcome = type(error).__name__
            raise TransientError(f"arxiv: {self.outcome}", code=self.outcome) from error

    def _read(self, response: requests.Response, until: float) -> requests.Response:
        self.outcome = str(response.status_code)
        if response.status_code >= 400:
            raise error_for_status("arxiv", response.status_code, response.headers)
        if response.status_code != requests.codes.ok:
            return response
        self.feed = read_feed(_body(response.raw, until))
        response.raw = BytesIO(self.feed.body)
        response._content = self.feed.body  # noqa: SLF001 - as requests' own tests do
        return response


def _body(raw: HTTPResponse, until: float) -> bytes:
    """The whole body; `read1` gives what has come, so that a slow sender cannot hold a read beyond the deadline."""
    body = bytearray()
    while chunk := raw.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > MAX_BYTES:
            raise AnswerTooLargeError(f"arxiv answered more than {MAX_BYTES} bytes")
        if time.monotonic() > until:
            raise TransientError("arxiv did not answer in time", code="slow")
    return bytes(body)
