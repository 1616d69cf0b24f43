"""A FastStream subscriber of one step (PEER_STEP) on JetStream: it acknowledges after it has published for the next.

Tuned by its guide: pull subscriptions with batches of requests, several messages at once, every publish waits for the
stream's answer, as Scribe's do.
"""

import os
from itertools import pairwise

from faststream import FastStream
from faststream.nats import JStream, NatsBroker, PullSub

STREAM = JStream("PEER", subjects=["peer.>"])
STEPS = ("parser", "scraper", "arxiv", "composer")
DONE = "through"

broker = NatsBroker(os.environ["PEER_NATS_URL"], log_level=50)
app = FastStream(broker)


def subscribe(step: str, following: str | None) -> None:
    """One step: a durable pull consumer."""

    @broker.subscriber(f"peer.{step}", durable=step, stream=STREAM, pull_sub=PullSub(batch_size=64), max_workers=64)
    async def handle(body: dict[str, str]) -> None:
        if following:
            await broker.publish(body, f"peer.{following}", stream="PEER")
        else:
            await broker.publish("", DONE)


STEP = os.environ["PEER_STEP"]
subscribe(STEP, dict(pairwise(STEPS)).get(STEP))
