"""The guard in front of every foreign URL: what it refuses, and that a connection goes where the check said."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import trustme
from pydantic import ValidationError

from scribe.common.http.guard import (
    GuardSettings,
    RefusedUrlError,
    UnresolvedHostError,
    UrlGuard,
    guarded_client,
    parse_allowed,
)
from scribe.common.http.networks import is_public

PUBLIC = "93.184.215.14"
PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"


class Names:
    """A resolver with answers per host, one after the other; the last one stays."""

    def __init__(self, **answers: Sequence[str]) -> None:
        self.answers = {host.replace("_", "."): list(given) for host, given in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """The next answer."""
        del port
        self.asked.append(host)
        given = self.answers.get(host)
        if given is None:
            raise OSError("no such name")
        return (given.pop(0) if len(given) > 1 else given[0]).split()


REFUSED = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://10.0.0.5/",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://user@93.184.215.14/",
    "http://user:password@93.184.215.14/",
    "http://93.184.215.14@127.0.0.1/",
    "http://93.184.215.14:8080/",
    "http://93.184.215.14:22/",
    "https://93.184.215.14:8443/",
    "file:///etc/passwd",
    "gopher://93.184.215.14:80/_GET",
    "ftp://93.184.215.14/",
    "data:text/html,hello",
    "javascript:alert(1)",
    "//93.184.215.14/",
    "/etc/passwd",
    "http:///path",
    "http://",
    "",
    "http://[::1/",
    "http://93.184.215.14:80:80/",
    "http://93.184.215.14:99999/",
    "http://93.184.215.14/" + "a" * 3000,
    "http://exa\x00mple.org/",
]


@pytest.mark.parametrize("url", REFUSED)
async def test_a_url_that_could_reach_inside_is_refused(url: str) -> None:
    with pytest.raises((RefusedUrlError, UnresolvedHostError)):
        await UrlGuard().check(url)


@pytest.mark.parametrize("url", ["http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/"])
async def test_digits_in_other_scripts_are_no_way_round(url: str) -> None:
    with pytest.raises((RefusedUrlError, UnresolvedHostError)):
        await UrlGuard().check(url)


@pytest.mark.parametrize("url", [f"http://{PUBLIC}/", f"https://{PUBLIC}:443/a?b=c", f"http://[{PUBLIC_V6}]/"])
async def test_a_public_address_is_let_through(url: str) -> None:
    checked = await UrlGuard().check(url)
    assert checked.address in (PUBLIC, PUBLIC_V6)


async def test_a_name_is_let_through_with_all_its_addresses() -> None:
    checked = await UrlGuard(resolve=Names(example_org=[f"{PUBLIC} {PUBLIC_V6}"])).check("https://example.org/page")
    assert (checked.host, checked.port, checked.addresses) == ("example.org", 443, (PUBLIC, PUBLIC_V6))


async def test_one_private_address_among_public_ones_condemns_the_name() -> None:
    with pytest.raises(RefusedUrlError):
        await UrlGuard(resolve=Names(mixed_org=[f"{PUBLIC} 10.0.0.1"])).check("https://mixed.org/")


async def test_a_name_without_an_address_is_worth_another_try() -> None:
    with pytest.raises(UnresolvedHostError):
        await UrlGuard(resolve=Names()).check("https://gone.example/")


async def test_the_error_holds_no_part_of_the_url() -> None:
    with pytest.raises(RefusedUrlError) as refused:
        await UrlGuard(resolve=Names(jane_doe_example=["10.0.0.1"])).check("http://jane.doe.example/jane-doe")
    assert "jane" not in str(refused.value)
    assert "jane" not in refused.value.public


async def test_an_allowed_endpoint_may_be_private_and_on_any_port_but_its_neighbours_may_not() -> None:
    guard = UrlGuard(parse_allowed("127.0.0.1:9000, [::1]:9001"))
    assert (await guard.check("http://127.0.0.1:9000/x")).address == "127.0.0.1"
    assert (await guard.check("http://[::1]:9001/x")).address == "::1"
    for url in ("http://127.0.0.1:9002/", "http://127.0.0.1/", "http://127.0.0.2:9000/"):
        with pytest.raises(RefusedUrlError):
            await guard.check(url)


@pytest.mark.parametrize("text", ["127.0.0.1", "host:", ":80", "host:0", "host:70000", "host:x"])
def test_an_unusable_exception_stops_the_process(text: str) -> None:
    with pytest.raises(ValidationError):
        GuardSettings(guard_allow=text)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:82b::200e"])
def test_well_known_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_an_address_with_a_zone_is_not_public() -> None:
    assert not is_public("fe80::1%eth0")


class Origin:
    """A small HTTP server on loopback that answers every request alike and keeps what it was asked."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[str] = []
        self.port = 0
        self.stays_open = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(self.answer)
        await writer.drain()
        if self.stays_open:
            await reader.read()
        writer.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Origin"]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"


def _redirect(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


def _client(guard: UrlGuard) -> httpx.AsyncClient:
    return guarded_client(guard, timeout=5, user_agent="test")


async def test_the_connection_goes_to_the_checked_address_under_the_hosts_name() -> None:
    async with Origin(OK).serving() as origin:
        guard = UrlGuard(frozenset({("pages.example", origin.port)}), Names(pages_example=["127.0.0.1"]))
        async with _client(guard) as client:
            response = await client.get(f"http://pages.example:{origin.port}/a")
    assert response.text == "hi"
    assert f"Host: pages.example:{origin.port}" in origin.requests[0]
    assert str(response.url) == f"http://pages.example:{origin.port}/a"


async def test_a_name_is_resolved_once_for_each_request_so_a_changing_answer_leads_nowhere_else() -> None:
    async with Origin(OK).serving() as origin:
        names = Names(rebind_example=["127.0.0.1", "10.0.0.1"])
        guard = UrlGuard(frozenset({("rebind.example", origin.port)}), names)
        async with _client(guard) as client:
            response = await client.get(f"http://rebind.example:{origin.port}/")
    assert response.status_code == 200
    assert names.asked == ["rebind.example"]


async def test_a_name_that_turns_private_is_refused_at_the_next_request() -> None:
    guard = UrlGuard(resolve=Names(rebind_example=[PUBLIC, "127.0.0.1"]))
    await guard.check("http://rebind.example/")
    with pytest.raises(RefusedUrlError):
        await guard.check("http://rebind.example/")


@pytest.mark.parametrize(
    "location",
    ["http://169.254.169.254/", "http://localhost/", "http://[::1]/", "http://10.0.0.1:80/", "http://u:p@example.org/"],
)
async def test_a_redirect_to_the_inside_is_refused(location: str) -> None:
    async with Origin(_redirect(location)).serving() as origin:
        guard = UrlGuard(frozenset({("127.0.0.1", origin.port)}))
        async with _client(guard) as client:
            with pytest.raises((RefusedUrlError, UnresolvedHostError)):
                await client.get(f"http://127.0.0.1:{origin.port}/")


async def test_a_redirect_to_another_scheme_is_refused() -> None:
    async with Origin(_redirect("file:///etc/passwd")).serving() as origin:
        guard = UrlGuard(frozenset({("127.0.0.1", origin.port)}))
        async with _client(guard) as client:
            with pytest.raises((RefusedUrlError, httpx.UnsupportedProtocol)):
                await client.get(f"http://127.0.0.1:{origin.port}/")


async def test_a_chain_of_redirects_ends() -> None:
    async with Origin(b"").serving() as origin:
        origin.answer = _redirect(f"http://127.0.0.1:{origin.port}/again")
        guard = UrlGuard(frozenset({("127.0.0.1", origin.port)}))
        async with _client(guard) as client:
            with pytest.raises(httpx.TooManyRedirects):
                await client.get(f"http://127.0.0.1:{origin.port}/")
        assert len(origin.requests) == 6


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip", "GZIP", "br"])
async def test_a_compressed_answer_is_refused_since_its_size_is_anybodys(encoding: str) -> None:
    body = gzip.compress(gzip.compress(bytes(10_000_000)))
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    async with Origin(head.encode() + body).serving() as origin:
        guard = UrlGuard(frozenset({("127.0.0.1", origin.port)}))
        async with _client(guard) as client:
            with pytest.raises(RefusedUrlError):
                await client.get(f"http://127.0.0.1:{origin.port}/")
    assert "accept-encoding: identity" in origin.requests[0].lower()


async def test_the_body_of_a_redirect_is_not_read() -> None:
    async with Origin(OK).serving() as target, Origin(b"").serving() as origin:
        location = f"http://127.0.0.1:{target.port}/"
        # Never sent to its end: whoever waits for it waits for ever.
        origin.answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 1000000000\r\n\r\n".encode()
        origin.stays_open = True
        guard = UrlGuard(frozenset({("127.0.0.1", port) for port in (origin.port, target.port)}))
        async with _client(guard) as client:
            response = await client.get(f"http://127.0.0.1:{origin.port}/")
    assert (response.text, str(response.url)) == ("hi", location)


async def test_a_redirect_whose_address_is_not_ascii_is_followed() -> None:
    async with Origin(OK).serving() as target, Origin(b"").serving() as origin:
        origin.answer = _redirect(f"http://127.0.0.1:{target.port}/müller")
        guard = UrlGuard(frozenset({("127.0.0.1", port) for port in (origin.port, target.port)}))
        async with _client(guard) as client:
            assert (await client.get(f"http://127.0.0.1:{origin.port}/")).text == "hi"


async def test_the_next_address_is_tried_when_the_first_accepts_no_connection() -> None:
    async with Origin(OK).serving() as origin:
        names = Names(pages_example=["127.0.0.9 127.0.0.1"])
        guard = UrlGuard(frozenset({("pages.example", origin.port)}), names)
        async with _client(guard) as client:
            assert (await client.get(f"http://pages.example:{origin.port}/")).status_code == 200


def test_another_authority_is_trusted_where_its_file_is_named(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    tls = GuardSettings(ssl_cert_file=str(tmp_path / "ca.pem")).tls
    assert tls is not None
    assert len(tls.get_ca_certs()) == 1
