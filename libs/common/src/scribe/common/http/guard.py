"""The one guard in front of every fetch of an address that is not ours: a user's PDF, a cited page and all it loads.

A URL is resolved once, every address it resolves to must be public, and the connection goes to the address that was
checked: a name whose answer changes in between leads nowhere else. Because `GuardedTransport` sits below httpx's
redirects, each of them is checked like the first request. What a number in a host means (`2130706433`, `0177.1`) is
left to the resolver, whose answer is what counts.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx
from pydantic import AliasChoices, Field, field_validator

from scribe.common.errors import PermanentError, TransientError
from scribe.common.http.networks import is_public
from scribe.common.settings import Settings

PORTS = {"http": 80, "https": 443}
RESOLVE_TIMEOUT = 5.0
MAX_URL = 2048

Endpoint = tuple[str, int]
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, in the order in which to try them; raises OSError when it has none."""


class RefusedUrlError(PermanentError):
    """A URL that must not be fetched. The text names the rule, not the URL."""

    default_public = "This address cannot be opened."


class UnresolvedHostError(TransientError):
    """The host's name has no address at the moment."""


class GuardSettings(Settings):
    """What the guard lets through beyond the public internet."""

    guard_allow: str = Field(
        "",
        description="Comma-separated `host:port` that may be fetched although private; for stand-ins only.",
    )

    ssl_cert_file: str | None = Field(
        None,
        description="File of certificate authorities that guarded fetches trust, instead of the usual ones.",
        validation_alias=AliasChoices("SCRIBE_SSL_CERT_FILE", "SSL_CERT_FILE"),
    )

    @field_validator("guard_allow")
    @classmethod
    def _readable(cls, value: str) -> str:
        parse_allowed(value)
        return value

    @property
    def guard(self) -> "UrlGuard":
        """The guard with these exceptions."""
        return UrlGuard(parse_allowed(self.guard_allow))

    @property
    def tls(self) -> ssl.SSLContext | None:
        """Which authorities are trusted, where it is not the usual ones."""
        return ssl.create_default_context(cafile=self.ssl_cert_file) if self.ssl_cert_file else None


@dataclass(frozen=True)
class CheckedUrl:
    """A URL that may be fetched, and the addresses to which its connection must go."""

    url: str
    host: str
    port: int
    addresses: tuple[str, ...]

    @property
    def address(self) -> str:
        """The address to try first."""
        return self.addresses[0]


def parse_allowed(text: str) -> frozenset[Endpoint]:
    """The endpoints of a comma-separated list of `host:port`; an IPv6 host stands in brackets."""
    entries = [entry.strip() for entry in text.split(",") if entry.strip()]
    return frozenset(_parse_endpoint(entry) for entry in entries)


def _parse_endpoint(entry: str) -> Endpoint:
    host, separator, port = entry.rpartition(":")
    if not (separator and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise ValueError(f"{entry!r} is not host:port")
    return host.strip("[]").lower(), int(port)


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """What the machine's resolver says, within five seconds."""
    async with asyncio.timeout(RESOLVE_TIMEOUT):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class UrlGuard:
    """Decides what may be fetched. `allow` names endpoints that may, wherever they lead and on whatever port."""

    def __init__(self, allow: frozenset[Endpoint] = frozenset(), resolve: Resolve = system_resolve) -> None:
        self._allow = allow
        self._resolve = resolve

    def makes_exception_for(self, url: str) -> bool:
        """Whether the URL's endpoint is one of `allow`."""
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        return (parsed.host.lower(), parsed.port or PORTS.get(parsed.scheme, 0)) in self._allow

    async def check(self, url: str | httpx.URL) -> CheckedUrl:
        """The URL with the addresses to connect to.

        Raises:
            RefusedUrlError: it must not be fetched. UnresolvedHostError: its host has no address.
        """
        parsed = _parse(url)
        if parsed.scheme not in PORTS:
            raise RefusedUrlError("the scheme is neither http nor https")
        if parsed.userinfo:
            raise RefusedUrlError("the URL carries a user name or password")
        port = parsed.port or PORTS[parsed.scheme]
        host = parsed.raw_host.decode("ascii")
        return CheckedUrl(str(parsed), host, port, await self.addresses(host, port))

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses to which a connection to `host` may go; none where any of them is not public.

        Raises:
            RefusedUrlError: the port or an address is forbidden. UnresolvedHostError: the host has no address.
        """
        if not host:
            raise RefusedUrlError("the URL has no host")
        allowed = (host.lower(), port) in self._allow
        if not allowed and port not in PORTS.values():
            raise RefusedUrlError("the port is neither 80 nor 443")
        found = await self._resolved(host, port)
        if not allowed and not all(is_public(address) for address in found):
            raise RefusedUrlError("the host leads to an address that is not public")
        return found

    async def _resolved(self, host: str, port: int) -> tuple[str, ...]:
        try:
            found = tuple(await self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise UnresolvedHostError(f"the host's name was not resolved: {type(error).__name__}") from error
        if not found:
            raise UnresolvedHostError("the host's name has no address")
        return found


def _parse(url: str | httpx.URL) -> httpx.URL:
    if len(str(url)) > MAX_URL:
        raise RefusedUrlError(f"the URL is longer than {MAX_URL} characters")
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise RefusedUrlError("the URL is malformed") from error


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx's transport, connecting only where the guard allows, to the address that it checked.

    TLS is verified against the name. Connections are not kept: one that was opened for one name must not serve another
    name of the same address. An answer takes no more memory than its reader allows: a compressed one is refused, since
    two kilobytes of nested gzip are gigabytes in one piece, and the body of a redirect, which httpx would read to its
    end, is left out.
    """

    def __init__(self, guard: UrlGuard, *, max_connections: int = 16, tls: ssl.SSLContext | None = None) -> None:
        self._guard = guard
        limits = httpx.Limits(max_connections=max_connections, max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=tls or True, limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """One request.

        Raises:
            RefusedUrlError: the URL must not be fetched, or its answer is compressed. UnresolvedHostError: no address.
        """
        response = await self._first_answer(request)
        if response.has_redirect_location:
            await response.aclose()
            raw = [(name, value) for name, value in response.headers.raw if name.lower() == b"location"]
            return httpx.Response(response.status_code, headers=raw)  # as it came: httpx would want a str to be ASCII
        if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            await response.aclose()
            raise RefusedUrlError("the answer is compressed, which nobody asked for")
        return response

    async def _first_answer(self, request: httpx.Request) -> httpx.Response:
        """The response from the first of the host's addresses that accepts a connection."""
        checked = await self._guard.check(request.url)
        for address in checked.addresses[:-1]:
            try:
                return await self._inner.handle_async_request(_pinned(request, checked, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_pinned(request, checked, checked.addresses[-1]))

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


def _pinned(request: httpx.Request, checked: CheckedUrl, address: str) -> httpx.Request:
    """The same request, to the address instead of the name; its `Host` header and its TLS name stay."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": checked.host},
    )


def guarded_client(
    guard: UrlGuard,
    *,
    timeout: float,
    user_agent: str,
    max_redirects: int = 5,
    follow_redirects: bool = True,
    tls: ssl.SSLContext | None = None,
) -> httpx.AsyncClient:
    """An HTTP client for addresses that are not ours; `timeout` is per phase, in seconds.

    Whoever uses it limits the size of what it reads, and the time in all. `tls` says which authorities are trusted,
    where it is not the usual ones.
    """
    return httpx.AsyncClient(
        transport=GuardedTransport(guard, tls=tls),
        timeout=timeout,
        headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
        follow_redirects=follow_redirects,
        max_redirects=max_redirects,
        trust_env=False,
    )
