"""What services and servers say of themselves."""

import asyncio

import httpx

from scribe.common.messaging.broker import NATS_UNAVAILABLE
from tests.chaos.chaos import Chaos


async def is_ready(chaos: Chaos, name: str) -> bool:
    """Whether a service says that it can work."""
    return await _answer(chaos, name, "readyz") == httpx.codes.OK


async def is_live(chaos: Chaos, name: str) -> bool:
    """Whether a service's event loop answers."""
    return await _answer(chaos, name, "livez") == httpx.codes.OK


async def _answer(chaos: Chaos, name: str, probe: str) -> int:
    """The status, 0 without an answer."""
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=3) as client:
            return (await client.get(f"{chaos.platform.services[name].probe_url}/{probe}")).status_code
    except httpx.TransportError:
        return 0


async def has_nats(chaos: Chaos) -> bool:
    """Whether NATS answers."""
    try:
        async with asyncio.timeout(3), chaos.broker() as broker:
            return broker.is_connected
    except (TimeoutError, *NATS_UNAVAILABLE):
        return False
