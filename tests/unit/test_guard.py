"""The guard in front of every foreign URL: what it refuses, and what it lets through."""

import pytest
from pydantic import ValidationError

from scribe.common.http.guard import (
    GuardSettings,
    RefusedUrlError,
    UnresolvedHostError,
    UrlGuard,
    parse_allowed,
)
from scribe.common.http.networks import is_public
from tests.support.resolving import PUBLIC, PUBLIC_V6, Names

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
