"""Headers of messages are read and written as nats-py reads and writes them."""

import asyncio
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.errors import BadHeaderError

from scribe.common.messaging.client import ScribeClient

NAMED = st.lists(st.tuples(st.from_regex(r"[A-Za-z-]{1,12}", fullmatch=True), st.text(max_size=20)), max_size=6)


@given(NAMED)
def test_what_we_write_is_read_as_nats_py_reads_it(pairs: list[tuple[str, str]]) -> None:
    raw = "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("utf-8", "replace")
    assert ScribeClient._parse_header_lines(raw) == Client._parse_header_lines(raw)


@given(st.lists(st.text("a:é \t-1", max_size=12), max_size=6))
def test_malformed_lines_are_left_out_as_nats_py_leaves_them_out(lines: list[str]) -> None:
    raw = "\r\n".join(lines).encode()
    assert ScribeClient._parse_header_lines(raw) == Client._parse_header_lines(raw)


@given(st.binary(max_size=80))
def test_anything_can_be_read(raw: bytes) -> None:
    assert all(isinstance(value, str) for value in ScribeClient._parse_header_lines(raw).values())


async def written(client: Client, headers: dict[str, str]) -> list[bytes]:
    """What a client hands to its connection; nothing where it refuses the headers."""
    with suppress(BadHeaderError):
        await client._send_publish("a.subject", "an.inbox", b"body", 4, headers)
    return list(client._pending)


@given(
    st.dictionaries(
        st.text("aZ-9: é\r", max_size=4), st.text(max_size=12) | st.text("a \r\n\t\x00", max_size=6), max_size=4
    )
)
def test_headers_are_written_as_nats_py_writes_them(headers: dict[str, str]) -> None:
    ours, theirs = (asyncio.run(written(client(), headers)) for client in (ScribeClient, Client))
    assert ours == theirs
