"""How long the keys of the issuer are cached, and how often they are fetched."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from scribe.common.http.upstream import open_upstream
from scribe.common.observability.metrics import Metrics
from scribe.gateway.__main__ import JWKS_PATH
from scribe.gateway.auth.keys import LIFETIME, REFETCH_FLOOR, IssuerKeys, KeysUnavailableError
from tests.support.issuer import Issuer, elliptic_key


class Clock:
    """Shows what it is set to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def keys(issuer: Issuer, clock: Clock) -> AsyncIterator[IssuerKeys]:
    async with open_upstream("supabase", issuer.name, Metrics(), timeout=5) as upstream:
        yield IssuerKeys(upstream, JWKS_PATH, clock)


async def test_keys_are_asked_for_once_by_many_at_once(keys: IssuerKeys, issuer: Issuer) -> None:
    found = await asyncio.gather(*(keys.find("first") for _ in range(20)))

    assert all(found)
    assert issuer.requests == 1


async def test_new_key_is_known_after_the_floor_between_two_fetches(
    keys: IssuerKeys, issuer: Issuer, clock: Clock
) -> None:
    await keys.find("first")
    issuer.keys.append(elliptic_key("third"))
    clock.now = REFETCH_FLOOR - 0.1
    assert await keys.find("third") is None
    assert issuer.requests == 1

    clock.now = REFETCH_FLOOR
    assert await keys.find("third")
    assert issuer.requests == 2


async def test_withdrawn_key_is_not_believed_beyond_ten_minutes(keys: IssuerKeys, issuer: Issuer, clock: Clock) -> None:
    await keys.find("first")
    del issuer.keys[0]
    clock.now = LIFETIME - 0.1
    assert await keys.find("first")

    clock.now = LIFETIME
    assert await keys.find("first") is None
    assert LIFETIME == 600


async def test_absent_issuer_is_not_noticed_until_its_keys_are_too_old(
    keys: IssuerKeys, issuer: Issuer, clock: Clock
) -> None:
    await keys.find("first")
    issuer.status = 503
    clock.now = LIFETIME - 0.1
    assert await keys.find("first")

    clock.now = LIFETIME
    for _ in range(20):
        with pytest.raises(KeysUnavailableError):
            await keys.find("first")
    assert issuer.requests <= 1 + 4  # one refresh, with the attempts that an upstream is given
    issuer.status = 200
    clock.now = LIFETIME + REFETCH_FLOOR
    assert await keys.find("first")
