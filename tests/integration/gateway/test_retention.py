"""What is kept for a time only: answers to repeated requests, and the history of items."""

from tests.support.gateway import Gateway, gateway_settings
from tests.support.issuer import Issuer
from tests.support.reconciling import reconciler_of


async def test_answers_kept_for_repeated_requests_are_forgotten_after_a_day(
    quiet_gateway: Gateway, database_url: str, nats_url: str, issuer: Issuer
) -> None:
    reconciler = reconciler_of(quiet_gateway, gateway_settings(database_url, nats_url, issuer))
    async with quiet_gateway.user() as user, quiet_gateway.context.database.pool.acquire() as connection:
        await user.client.post("/api/queue/batch", json={}, headers={"Idempotency-Key": "never-claimed"})
        body = {"email_template": "Dear {{name}}, hello", "recipient_name": "Ada", "recipient_interest": "fluids"}
        await user.client.post("/api/email/generate", json=body, headers={"Idempotency-Key": "old"})
        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 1
        await connection.execute("UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'")

        await reconciler.round()

        assert await connection.fetchval("SELECT count(*) FROM idempotency_keys") == 0


async def test_items_that_ended_long_ago_are_deleted_where_that_is_wanted_and_nothing_else(
    quiet_gateway: Gateway, database_url: str, nats_url: str, issuer: Issuer
) -> None:
    end = "UPDATE queue_items SET status = 'failed', completed_at = now() - make_interval(days => $2) WHERE id = $1"
    async with quiet_gateway.user() as user, quiet_gateway.context.database.pool.acquire() as connection:
        ended, ended_lately, _waiting = await user.batch(3)
        await connection.execute("UPDATE queue_items SET created_at = now() - interval '32 days'")
        await connection.execute(end, ended, 31)
        await connection.execute(end, ended_lately, 1)

        for days, left in ((0, 3), (30, 2)):
            settings = gateway_settings(database_url, nats_url, issuer, history_days=days)
            await reconciler_of(quiet_gateway, settings).round()
            assert await connection.fetchval("SELECT count(*) FROM queue_items") == left
        assert not await connection.fetchval("SELECT EXISTS (SELECT FROM queue_items WHERE id = $1)", ended)
