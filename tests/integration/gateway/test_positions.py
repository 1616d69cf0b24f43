"""An item's place in the queue: turns, not age, and nobody else's data."""

from tests.support.gateway import Gateway


async def test_position_counts_the_turns_ahead(quiet_gateway: Gateway) -> None:
    async with quiet_gateway.user() as many, quiet_gateway.user() as one, quiet_gateway.user() as few:
        await many.batch(50)
        await one.batch(1)
        await few.batch(4)

        positions = [item["position"] for item in await few.items()]

    # Before the second turn of `few` come its first and one of each other; then `one` has nothing left.
    assert positions == [1, 4, 6, 8]


async def test_only_user_has_the_places_from_one_on(quiet_gateway: Gateway) -> None:
    async with quiet_gateway.user() as user:
        await user.batch(3)

        assert [item["position"] for item in await user.items()] == [1, 2, 3]
