"""arXiv's rule on three nats-servers of which one is lost: whoever leads the turn when it is used."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path

import structlog

from scribe.common.errors import UnavailableError
from scribe.common.messaging.authorization import Identity, authorization, user_names
from scribe.common.messaging.broker import connect
from scribe.common.messaging.provision import ProvisionSettings, provision
from scribe.common.messaging.streams import MIB, TURNS
from scribe.fakes.server import Fakes
from tests.chaos.setup.cluster import REPLICATED, NatsCluster
from tests.integration.arxiv.conftest import Desk
from tests.integration.arxiv.test_processes import INTERVAL, PROCESSES, all_answered, workers
from tests.support.servers import as_user
from tests.support.waiting import eventually

ASKED_AT_ONCE = 3


def urls(cluster: NatsCluster, name: str) -> str:
    """Of all servers, for one user."""
    return ",".join(as_user(node.url, name) for node in cluster.nodes.values())


@asynccontextmanager
async def clustered(folder: Path) -> AsyncIterator[tuple[NatsCluster, Desk]]:
    """Three servers with every stream three times, and a desk that asks there."""
    accounts = authorization({name: Identity("password", f"{name}-password") for name in user_names()})
    cluster = NatsCluster(folder, authorization=accounts)
    await cluster.start()
    try:
        settings = ProvisionSettings(
            nats_url=urls(cluster, "operator"),
            pipeline_max_bytes=8 * MIB,
            events_max_bytes=8 * MIB,
            deadletter_max_bytes=8 * MIB,
            step_concurrency=4,
            stream_replicas=len(cluster.nodes),
        )
        async with connect(settings, "tests", structlog.get_logger()) as broker:
            await provision(broker, settings)
            yield cluster, Desk(broker)
    finally:
        await cluster.kill()


async def leader_of_turn(desk: Desk) -> str:
    """The server that hands the turn out."""
    info = await desk.broker.js.stream_info(TURNS)
    return str(info.cluster and info.cluster.leader)


async def are_asked_for(desk: Desk, names: tuple[str, ...]) -> bool:
    """Whether they could be put into the queue."""
    try:
        await desk.ask(*names)
    except UnavailableError:
        return False
    return True


async def are_answered(desk: Desk, names: tuple[str, ...]) -> bool:
    """Whether arXiv's answer about each of them is there, as far as the servers can say."""
    try:
        return await all_answered(desk, names)
    except UnavailableError:
        return False


async def test_when_a_server_is_lost_the_rule_holds_and_every_author_is_asked_for(
    tmp_path: Path, fakes: Fakes, campaign: tuple[str, ...]
) -> None:
    people = campaign[: 3 * ASKED_AT_ONCE]  # one request before the loss, one in which it happens, one after it
    fakes.controls.add(path="/arxiv/", latency=INTERVAL / 2)
    async with clustered(tmp_path) as (cluster, desk):
        given = {"SCRIBE_NATS_URL": urls(cluster, "arxiv"), **REPLICATED}
        async with workers(cluster.url, fakes, PROCESSES, **given):
            for first in range(0, len(people), ASKED_AT_ONCE):
                names = people[first : first + ASKED_AT_ONCE]
                await eventually(partial(are_asked_for, desk, names))
                if first == ASKED_AT_ONCE:
                    leader = await leader_of_turn(desk)
                    await eventually(lambda: len(fakes.controls.calls_to("/arxiv/")) > 1)
                    await cluster.nodes[leader].kill()  # in the middle of a request; it comes back
                await eventually(partial(are_answered, desk, names), timeout=90)

    calls = fakes.controls.calls_to("/arxiv/")
    arrivals = sorted(call.at for call in calls)
    asked = Counter(name for call in calls for name in people if name.lower() in call.query.replace("+", " "))
    assert min(later - earlier for earlier, later in pairwise(arrivals)) >= INTERVAL
    assert set(asked) == set(people)
    assert sum(times - 1 for times in asked.values()) <= ASKED_AT_ONCE, "the authors of one request at most"
