"""An item's place in the queue: its number in the order of the relay, and nobody else's data."""

from scribe.gateway.pipeline.positions import MAX_COUNTED
from tests.support.gateway import Gateway, User
from tests.support.waiting import eventually


async def until_placed(user: User, *wanted: int) -> None:
    """Return when the user's waiting items have these places."""

    async def placed() -> bool:
        return [item["position"] for item in await user.items() if item["status"] == "pending"] == list(wanted)

    await eventually(placed)


async def test_position_counts_the_turns_ahead(quiet_gateway: Gateway) -> None:
    async with quiet_gateway.user() as many, quiet_gateway.user() as one, quiet_gateway.user() as few:
        await many.batch(50)
        await one.batch(1)
        await few.batch(4)

        # In the first turn the others came first; `one` has nothing in the second.
        await until_placed(few, 3, 5, 7, 9)
        await until_placed(one, 2)


async def test_position_counts_what_is_in_flight_as_turns_that_were_had(quiet_gateway: Gateway) -> None:
    async with quiet_gateway.user() as busy, quiet_gateway.user() as fresh:
        first, second, _ = await busy.batch(3)
        await fresh.batch(3)
        async with quiet_gateway.context.database.pool.acquire() as connection:
            await connection.execute(
                "UPDATE queue_items SET status = 'processing' WHERE id = ANY ($1::uuid[])", [first, second]
            )

        await until_placed(busy, 3)
        await until_placed(fresh, 1, 2, 4)


async def test_what_is_far_behind_comes_after_all_that_was_counted(quiet_gateway: Gateway) -> None:
    async with quiet_gateway.user() as user:
        await user.batch(MAX_COUNTED + 100)

        await until_placed(user, *range(1, MAX_COUNTED + 101))


async def test_item_has_a_place_before_it_is_counted(quiet_gateway: Gateway) -> None:
    positions = quiet_gateway.context.positions
    positions._clock = lambda: 0.0  # what was counted is not counted again before something is submitted
    async with quiet_gateway.user() as user, quiet_gateway.user() as other:
        await other.batch(2)
        await until_placed(other, 1, 2)
        async with quiet_gateway.context.database.pool.acquire() as connection:
            await connection.execute(
                "INSERT INTO queue_items (user_id, recipient_name, recipient_interest, email_template)"
                " VALUES ($1, 'Ada', 'fluids', 'Dear {{name}}')",
                user.id,
            )

        assert [item["position"] for item in await user.items()] == [3]


async def test_only_user_has_the_places_from_one_on(quiet_gateway: Gateway) -> None:
    async with quiet_gateway.user() as user:
        await user.batch(3)

        assert [item["position"] for item in await user.items()] == [1, 2, 3]
