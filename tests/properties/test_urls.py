"""Whatever a URL looks like, the guard lets nothing through that leads to an address outside the public internet."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.common.http.guard import RefusedUrlError, UnresolvedHostError, UrlGuard
from scribe.common.http.networks import is_public

CALM = settings(deadline=None)
"""A busy machine is no failure."""

v4 = st.integers(0, 2**32 - 1).map(IPv4Address)
v6 = st.integers(0, 2**128 - 1).map(IPv6Address)


def _spellings(address: IPv4Address) -> list[str]:
    a, b, c, d = address.packed
    whole = int(address)
    return [
        str(address),
        str(whole),
        hex(whole),
        f"0{whole:o}",
        f"{a}.{whole & 0xFFFFFF}",
        f"{a}.{b}.{(c << 8) | d}",
        f"0{a:o}.{b:#x}.{c}.{d}",
    ]


@CALM
@given(v4)
async def test_no_spelling_of_a_forbidden_address_is_let_through(address: IPv4Address) -> None:
    for spelling in _spellings(address):
        try:
            checked = await UrlGuard().check(f"http://{spelling}/")
        except (RefusedUrlError, UnresolvedHostError):
            continue
        assert all(is_public(found) for found in checked.addresses)
        assert IPv4Address(checked.address) == address


@CALM
@given(v4)
def test_what_the_standard_library_calls_private_or_reserved_is_not_public(address: IPv4Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_loopback:
        assert not is_public(str(address)) or str(address).startswith("192.0.0.")


@CALM
@given(v4)
def test_no_ipv4_address_in_an_ipv6_disguise_is_public(address: IPv4Address) -> None:
    number = int(address)
    for disguise in (number, (0xFFFF << 32) | number, (0x64FF9B << 96) | number, (0x2002 << 112) | (number << 80)):
        assert not is_public(str(IPv6Address(disguise)))


@CALM
@given(v6)
def test_only_the_global_range_of_ipv6_is_public(address: IPv6Address) -> None:
    if is_public(str(address)):
        assert address.packed[0] >> 5 == 1


@CALM
@given(st.text(max_size=200), st.lists(st.one_of(v4, v6).map(str), min_size=1, max_size=4))
async def test_any_text_is_refused_or_checked_and_never_crashes(text: str, answers: Sequence[str]) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        del host, port
        return answers

    for url in (text, f"http://{text}", f"https://example.org/{text}"):
        try:
            checked = await UrlGuard(resolve=resolve).check(url)
        except (RefusedUrlError, UnresolvedHostError):
            continue
        assert checked.port in (80, 443)
        assert httpx.URL(checked.url).scheme in ("http", "https")
        assert all(is_public(address) for address in checked.addresses)


@pytest.mark.parametrize("text", ["::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"])
def test_even_a_public_address_is_not_reached_through_a_disguise(text: str) -> None:
    assert not is_public(text)
