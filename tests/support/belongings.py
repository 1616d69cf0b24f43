"""One of everything that a user can have, made for a test."""

from dataclasses import dataclass
from uuid import uuid4

from tests.support.gateway import Gateway, User


@dataclass(frozen=True)
class Belongings:
    """One of everything that a user can have."""

    email: str
    template: str
    waiting: str
    failed: str


async def fill(gateway: Gateway, user: User) -> Belongings:
    """Give a user one of everything."""
    waiting, failed = await user.batch(2)
    headers = {"Idempotency-Key": str(uuid4())}
    body = {"email_template": "Dear {{name}}, hello", "recipient_name": "Ada", "recipient_interest": "fluids"}
    assert (await user.client.post("/api/email/generate", json=body, headers=headers)).status_code == 202
    async with gateway.context.database.pool.acquire() as connection:
        await connection.execute("UPDATE queue_items SET status = 'failed' WHERE id = $1", failed)
        email = await connection.fetchval(
            "INSERT INTO emails (task_id, user_id, recipient_name, recipient_interest, email_message, template_type)"
            " VALUES (gen_random_uuid(), $1, 'Ada', 'fluids', 'A private text.', 'general') RETURNING id",
            user.id,
        )
        template = await connection.fetchval(
            "INSERT INTO templates (user_id, pdf_url, template_text, user_instructions)"
            " VALUES ($1, 'https://example.org/x.pdf', 'A private text.', 'be friendly') RETURNING id",
            user.id,
        )
    return Belongings(str(email), str(template), waiting, failed)
