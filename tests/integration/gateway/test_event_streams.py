"""The bound on a user's event streams holds however they are asked for."""

import asyncio
from contextlib import AsyncExitStack

from tests.support.gateway import Gateway
from tests.support.waiting import eventually


async def test_of_many_streams_asked_for_at_once_those_over_the_limit_are_refused(gateway: Gateway) -> None:
    async with gateway.user() as user, AsyncExitStack() as stack:
        requests = [stack.enter_async_context(user.client.stream("GET", "/api/queue/events")) for _ in range(20)]
        statuses = sorted([response.status_code for response in await asyncio.gather(*requests)])
    assert statuses == [200] * 6 + [429] * 14


async def test_a_closed_stream_makes_room_for_another(gateway: Gateway) -> None:
    async with gateway.user() as user:
        async with AsyncExitStack() as stack:
            for _ in range(6):
                response = await stack.enter_async_context(user.client.stream("GET", "/api/queue/events"))
                assert response.status_code == 200

        async def is_admitted() -> bool:
            async with user.client.stream("GET", "/api/queue/events") as response:
                return response.status_code == 200

        await eventually(is_admitted)
