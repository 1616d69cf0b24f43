"""What a gateway's pod runs, given the operator's seed.

It prints every beginning of a step that EVENTS still holds, in order, as JSON, and every attempt that is held or will
be repeated.
"""

import asyncio
import json
import os
import sys

import nats
from nats.errors import TimeoutError as NatsTimeoutError


async def main() -> None:
    """Print `[task, run, step, kind]` for each; the kind is `started`, `held` or `retrying`."""
    client = await nats.connect(os.environ["SCRIBE_NATS_URL"], nkeys_seed_str=sys.argv[1])
    subscription = await client.jetstream().subscribe("events.>", ordered_consumer=True)
    found: list[tuple[str, int, str, str]] = []
    while True:
        try:
            message = await subscription.next_msg(timeout=2)
        except NatsTimeoutError:
            break
        _, _, task, kind = message.subject.split(".")
        headers = message.headers or {}
        if kind in ("started", "held", "retrying"):
            found.append((task, int(headers["Scribe-Run"]), headers["Scribe-Step"], kind))
    await client.close()
    print(json.dumps(found))  # noqa: T201 - the answer


asyncio.run(main())
