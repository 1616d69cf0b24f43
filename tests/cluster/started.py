"""What a gateway's pod runs, given the operator's seed.

It prints every beginning of a step that EVENTS still holds, in order, as JSON.
"""

import asyncio
import json
import os
import sys

import nats
from nats.errors import TimeoutError as NatsTimeoutError


async def main() -> None:
    """Print `[task, run, step]` for each."""
    client = await nats.connect(os.environ["SCRIBE_NATS_URL"], nkeys_seed_str=sys.argv[1])
    subscription = await client.jetstream().subscribe("events.*.*.started", ordered_consumer=True)
    found: list[tuple[str, int, str]] = []
    while True:
        try:
            message = await subscription.next_msg(timeout=2)
        except NatsTimeoutError:
            break
        headers = message.headers or {}
        found.append((message.subject.split(".")[2], int(headers["Scribe-Run"]), headers["Scribe-Step"]))
    await client.close()
    print(json.dumps(found))  # noqa: T201 - the answer


asyncio.run(main())
