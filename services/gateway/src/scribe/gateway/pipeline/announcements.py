"""Announcements of changed rows to the event streams of all gateways, over core NATS. A lost one costs only time: the
streams also read the table.
"""

import json
from collections.abc import Iterable

import asyncpg

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.subject import notify_subject


async def announce(broker: Broker, changed: Iterable[asyncpg.Record]) -> None:
    """Announce that these rows have changed.

    Raises:
        nats.errors.Error: NATS is away.
    """
    for row in changed:
        body = {"id": str(row["id"]), "event_id": f"{row['submission']}:{row['state_rank']}", "status": row["status"]}
        await broker.client.publish(notify_subject(row["user_id"]), json.dumps(body).encode())
