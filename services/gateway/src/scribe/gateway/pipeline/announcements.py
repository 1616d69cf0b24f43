"""What open event streams are told, in every gateway, over core NATS. Whoever misses it reads the row."""

import json
from collections.abc import Iterable

import asyncpg

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.subject import notify_subject


async def announce(broker: Broker, changed: Iterable[asyncpg.Record]) -> None:
    """Say that these rows have changed.

    Raises:
        nats.errors.Error: NATS is away.
    """
    for row in changed:
        body = {"id": str(row["id"]), "event_id": f"{row['submission']}:{row['state_rank']}", "status": row["status"]}
        await broker.client.publish(notify_subject(row["user_id"]), json.dumps(body).encode())
