"""Four taskiq tasks on JetStream, each of which sends the next; acknowledged after they have run.

Tuned by its guide: a pull consumer with batches, uvloop, and no results. A task is sent to the broker that it was
declared with, so all workers take all four; there are as many as elsewhere.
"""

import os

import nats
from taskiq_nats import PullBasedJetStreamBroker

URL = os.environ["PEER_NATS_URL"]
DONE = "through"

broker = PullBasedJetStreamBroker(
    servers=[URL],
    subject="peer.tasks",
    stream_name="PEER",
    durable="peer",
    pull_consume_batch=64,
    pull_consume_timeout=1,
)


@broker.task
async def parser(body: dict[str, str]) -> None:
    """The first step."""
    await scraper.kiq(body)


@broker.task
async def scraper(body: dict[str, str]) -> None:
    """The second step."""
    await arxiv.kiq(body)


@broker.task
async def arxiv(body: dict[str, str]) -> None:
    """The third step."""
    await composer.kiq(body)


@broker.task
async def composer(_body: dict[str, str]) -> None:
    """The last step."""
    client: nats.NATS = broker.client
    await client.publish(DONE)
