"""Whatever arrives at the proxy is a request that can be read in one way, or is refused; never anything else."""

import asyncio
import re

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.scraper.http_messages import MalformedError, closing, read_request, serving_side

LINES = st.sampled_from(
    [
        *(b"GET http://a.example/ HTTP/1.1", b"CONNECT a.example:443 HTTP/1.1", b"POST http://a.example/ HTTP/1.0"),
        *(b"Host: a.example", b"Host : a.example", b"Content-Length: 3", b"content-length:03", b"Content-Length: 3, 3"),
        *(b"Transfer-Encoding: chunked", b"transfer-encoding : chunked", b"Connection: close, host", b" folded"),
        *(b"A: \x00", b"B: \xff", b"", b"Content-Length: " + b"9" * 400, b":", b"\r", b"GET / HTTP/1.1"),
    ]
)
ENDS = st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\n\n", b""])
MIXED = st.lists(st.tuples(LINES, ENDS), max_size=8).map(lambda parts: b"".join(line + end for line, end in parts))
BYTES = st.one_of(MIXED, st.binary(max_size=200), MIXED.map(lambda text: text + b"\r\n\r\n"))


class Nowhere(asyncio.Transport):
    """A connection that has ended."""

    def is_closing(self) -> bool:
        return True


async def read(data: bytes) -> h11.Request | None:
    """What the proxy makes of these bytes; None where it refuses them."""
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    writer = asyncio.StreamWriter(Nowhere(), asyncio.Protocol(), None, asyncio.get_running_loop())
    try:
        return await read_request(serving_side(reader, writer))
    except MalformedError:
        return None


@settings(max_examples=400)
@given(BYTES)
def test_a_request_can_be_read_in_one_way_or_is_refused(data: bytes) -> None:
    request = asyncio.run(read(data))
    if request is None:
        return
    head = data.partition(b"\r\n\r\n")[0]
    names = [name for name, _ in request.headers]
    assert head.count(b"\n") == head.count(b"\r\n") == head.count(b"\r")
    assert head.lower().count(b"\ncontent-length:") == names.count(b"content-length") <= 1
    assert b"transfer-encoding" not in names
    assert not any(re.match(rb"\s|[^\s:]+\s+:", line) for line in head.split(b"\r\n")[1:])


NAMES, VALUES = st.sampled_from([b"connection", b"a", b"te", b"host"]), st.sampled_from([b"a, b", b"close"])


@given(st.lists(st.tuples(NAMES, VALUES)))
def test_only_one_connection_header_goes_on(headers: list[tuple[bytes, bytes]]) -> None:
    passed = closing(headers, b"host")
    assert [value for name, value in passed if name.lower() == b"connection"] == [b"close"]
    assert not any(name in (b"te", b"host") for name, _ in passed)
    if (b"connection", b"a, b") in headers:
        assert b"a" not in [name for name, _ in passed]
