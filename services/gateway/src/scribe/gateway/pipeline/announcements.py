"""Announcements of changed rows to the event streams of all gateways, over core NATS. A lost one costs only time: the
streams also read the table.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

import asyncpg

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.subject import notify_subject


async def announce(broker: Broker, changed: Iterable[asyncpg.Record]) -> None:
    """Announce that these rows have changed, in one message for each user.

    A gateway of the release before reads `id`, one of them.

    Raises:
        nats.errors.Error: NATS is away.
    """
    ids: dict[UUID, list[str]] = defaultdict(list)
    for row in changed:
        ids[row["user_id"]].append(str(row["id"]))
    for user_id, own in ids.items():
        body = json.dumps({"id": own[-1], "ids": own})
        await broker.client.publish(notify_subject(user_id), body.encode())
