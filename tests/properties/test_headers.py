"""Headers of messages are read as nats-py reads them."""

from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from scribe.common.messaging.broker import ScribeClient

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
