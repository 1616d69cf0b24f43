"""Submitting: one transaction that inserts rows. Publishing them is the relay's work."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from scribe.common.observability.spans import current_traceparent
from scribe.common.process.database import load_queries
from scribe.gateway.context import Context
from scribe.gateway.database import Connection
from scribe.gateway.problems import TooManyRequests
from scribe.gateway.queue.models import Recipient

SQL = load_queries("scribe.gateway.queue")
SUBMIT = "INSERT queue_items"


async def submit(
    context: Context,
    connection: Connection,
    user_id: UUID,
    recipients: Sequence[Recipient],
    email_template: str,
) -> list[UUID]:
    """Insert one item for each recipient, within the caller's transaction; gives their ids in order.

    Raises:
        TooManyRequests: the user has too many items waiting.
    """
    await connection.execute(SQL["lock_user"], user_id)
    waiting: int = await connection.fetchval(SQL["count_pending"], user_id)
    if waiting + len(recipients) > context.settings.pending_per_user:
        raise TooManyRequests(f"You have {waiting} e-mails waiting already. Let some of them finish first.", 60)
    ids = [uuid4() for _ in recipients]
    await connection.execute(
        SQL["submit"],
        user_id,
        ids,
        [recipient.recipient_name.strip() for recipient in recipients],
        [recipient.recipient_interest.strip() for recipient in recipients],
        email_template,
        current_traceparent(),
    )
    return ids
