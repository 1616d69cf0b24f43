"""Faults of nats-server, of its storage, and of what is in it."""

import asyncio
import shutil
import signal

from nats.js.api import StreamConfig

from scribe.common.messaging.permissions import ALL_BUCKETS, ALL_STREAMS
from scribe.common.messaging.streams import MIB
from tests.chaos.cell import Cell
from tests.chaos.chaos import WORKERS, Chaos
from tests.chaos.probes import has_nats
from tests.chaos.setup.cluster import REPLICATED, Clustered, NatsCluster
from tests.chaos.setup.store import SmallDisk, SmallStore
from tests.chaos.traces import state_of

FORGOTTEN = "what was paid for is forgotten with the bucket"
FULL, READ_ONLY = 30.0, 10.0
SMALL_STREAMS = {
    "SCRIBE_PIPELINE_MAX_BYTES": str(8 * MIB),
    "SCRIBE_EVENTS_MAX_BYTES": str(4 * MIB),
    "SCRIBE_DEADLETTER_MAX_BYTES": str(4 * MIB),
    "SCRIBE_IN_FLIGHT": "1000",
}


async def kill_nats(chaos: Chaos) -> None:
    """SIGKILL of nats-server, three times."""
    for number in range(3):
        await chaos.until(0.2 * number)
        chaos.kill("nats-server")


async def freeze_nats(chaos: Chaos) -> None:
    """A nats-server that holds its connections open and answers nothing."""
    await chaos.until(0.2)
    await chaos.freeze(("nats-server",), 30.0)


async def delete_streams(chaos: Chaos) -> None:
    """All of JetStream's storage, at once."""
    await chaos.until(0.2)
    async with chaos.broker() as broker:
        names = [str(info.config.name) for info in await broker.js.streams_info()]
        await asyncio.gather(*(broker.js.delete_stream(name) for name in names))
        chaos.traces.note("streams deleted", len(names))


async def delete_buckets(chaos: Chaos) -> None:
    """The buckets of cancelled tasks and of paid answers."""
    await chaos.until(0.2)
    async with chaos.broker() as broker:
        for name in ALL_BUCKETS:
            await broker.js.delete_key_value(name)
        chaos.traces.note("buckets deleted", len(ALL_BUCKETS))


async def delete_consumers(chaos: Chaos) -> None:
    """Every durable consumer, by hand."""
    await chaos.until(0.2)
    async with chaos.broker() as broker:
        for stream in ALL_STREAMS:
            for consumer in await broker.js.consumers_info(stream):
                await broker.js.delete_consumer(stream, consumer.name)
                chaos.traces.note("consumers deleted")


async def purge_streams(chaos: Chaos) -> None:
    """Every message of every stream, by hand; the streams stay."""
    await chaos.until(0.2)
    async with chaos.broker() as broker:
        for stream in ALL_STREAMS:
            chaos.traces.note("messages purged", (await broker.js.stream_info(stream)).state.messages)
            await broker.js.purge_stream(stream)


async def edit_streams(chaos: Chaos) -> None:
    """Every stream given twice its size, by hand, as the runbook says."""
    await chaos.until(0.2)
    async with chaos.broker() as broker:
        for stream in ALL_STREAMS:
            config: StreamConfig = (await broker.js.stream_info(stream)).config
            wanted = 2 * (config.max_bytes or 0)
            changed = await broker.js.update_stream(config.evolve(max_bytes=wanted))
            chaos.traces.note("streams enlarged", changed.config.max_bytes == wanted)


async def publish_rubbish(chaos: Chaos) -> None:
    """Messages of no schema, of an unknown one, too large, with strange headers, or of tasks that are not there."""
    await chaos.until(0.2)
    bodies = (chaos.random.randbytes(2000), b'{"schema_version": 99}', b"{" * 900_000, b"")
    headers: tuple[dict[str, str], ...] = (
        {},
        {"Scribe-Run": "many"},
        {"traceparent": "\u00e9" * 500},
        {"Nats-Expected-Stream": "PIPELINE"},
    )
    async with chaos.broker() as broker:
        for number in range(40):
            step, body = chaos.random.choice(WORKERS), bodies[number % len(bodies)]
            subject = f"pipeline.{step}.rubbish-{number}.{10**number}"
            await broker.js.publish(subject, body, headers=headers[number // len(bodies) % len(headers)])
        for item in sorted(chaos.accepted)[:20]:
            await broker.js.publish(f"events.nobody.{item}.failed", b"", headers={"Scribe-Step": "parser"})
        chaos.traces.note("rubbish stored", 40 + len(sorted(chaos.accepted)[:20]))


async def wipe_store(chaos: Chaos) -> None:
    """A nats-server that comes back with an empty store."""
    await chaos.until(0.2)
    store = chaos.platform.nats.store
    store.rename(store.with_name("wiped"))
    chaos.kill("nats-server")


async def restore_older_store(chaos: Chaos) -> None:
    """A nats-server that comes back with what its store was a while ago."""
    await chaos.until(0.1)
    nats = chaos.platform.nats
    copy, store, server = nats.folder / "copy", nats.store, chaos.child("nats-server")
    server.send(signal.SIGSTOP)
    shutil.copytree(store, copy)
    server.send(signal.SIGCONT)
    await chaos.until(0.5)
    server.send(signal.SIGSTOP)
    store.rename(nats.folder / "newer")
    copy.rename(store)
    chaos.kill("nats-server")


async def fill_disk(chaos: Chaos) -> None:
    """No room left where JetStream writes, for half a minute; then a restart, which nats-server needs."""
    await chaos.until(0.2)
    disk = chaos.rig.part(SmallDisk)
    disk.fill()
    await chaos.lasting(FULL)
    chaos.traces.note("disk without room", disk.is_full())
    disk.free()
    chaos.kill("nats-server")


async def read_only_disk(chaos: Chaos) -> None:
    """A file system that the kernel has made read-only after an error; nats-server starts again when it can write.

    The kernel refuses while a file is open for writing, so that the server is killed first and must not be back yet.
    """
    await chaos.until(0.2)
    disk = chaos.rig.part(SmallDisk)

    def is_read_only() -> bool:
        chaos.kill("nats-server")
        return disk.make_read_only()

    await chaos.when(is_read_only, "the file system is read-only")
    await chaos.lasting(READ_ONLY)
    chaos.traces.note("nats-server down at the end", not await has_nats(chaos))
    disk.make_writable()


async def leader_of(chaos: Chaos, stream: str) -> str:
    """The node of the cluster that leads a stream, once one does."""
    leaders: list[str] = []

    async def has_leader() -> bool:
        async with chaos.broker() as broker:
            cluster = (await broker.js.stream_info(stream)).cluster
        leaders.append(str(cluster.leader if cluster else ""))
        return bool(leaders[-1])

    await chaos.when(has_leader, f"{stream} has a leader")
    return leaders[-1]


async def kill_leader(chaos: Chaos) -> None:
    """SIGKILL of the node that leads PIPELINE, three times."""
    cluster = chaos.rig.part(NatsCluster)
    for number in range(3):
        await chaos.until(0.2 * number)
        await chaos.when(cluster.is_whole, "the cluster is whole")
        await cluster.nodes[await leader_of(chaos, "PIPELINE")].kill()
        chaos.traces.note("leaders killed")


async def kill_two_nodes(chaos: Chaos) -> None:
    """SIGSTOP of two nodes: what is left has no majority."""
    await chaos.until(0.2)
    nodes = list(chaos.rig.part(NatsCluster).nodes.values())[:2]
    for node in nodes:
        if node.child:
            node.child.send(signal.SIGSTOP)
    await chaos.lasting(20.0)
    chaos.traces.note("nodes stopped", sum(state_of(node.child.pid or 0) == "T" for node in nodes if node.child))
    for node in nodes:
        if node.child:
            node.child.send(signal.SIGKILL)


async def roll_cluster(chaos: Chaos) -> None:
    """SIGTERM to one node after the other, each when the cluster is whole."""
    cluster = chaos.rig.part(NatsCluster)
    for node in cluster.nodes.values():
        await chaos.when(cluster.is_whole, "the cluster is whole")
        await node.stop()
        chaos.traces.note("nodes restarted")


async def fill_pipeline(chaos: Chaos) -> None:
    """Nothing but work, in a stream that is too small for all of it at once."""
    peak = 0

    async def have_ended() -> bool:
        nonlocal peak
        async with chaos.broker() as broker:
            info = await broker.js.stream_info("PIPELINE")
        peak = max(peak, 100 * info.state.bytes // (info.config.max_bytes or 1))
        return await chaos.under_way(chaos.accepted) == 0

    await chaos.when(have_ended, "all items ended")
    chaos.traces.note("per cent of PIPELINE", peak)


CELLS = (
    Cell("nats-server killed", kill_nats),
    Cell("nats-server frozen for 30 s", freeze_nats),
    Cell("all streams deleted, paid answers too", delete_streams, repeats=1, why=FORGOTTEN),
    Cell("all buckets deleted", delete_buckets, repeats=1, why=FORGOTTEN),
    Cell("all consumers deleted", delete_consumers),
    Cell("all streams purged, paid answers stay", purge_streams),
    Cell("all streams enlarged by hand", edit_streams),
    Cell("rubbish in the streams", publish_rubbish),
    Cell("nats-server's store wiped", wipe_store, repeats=1, why=FORGOTTEN),
    Cell("nats-server's store restored from an older copy", restore_older_store, repeats=1, why=FORGOTTEN),
    Cell("PIPELINE of 8 MiB, a thousand in flight", fill_pipeline, settings=SMALL_STREAMS, is_full=True),
    Cell("JetStream's disk full for 30 s", fill_disk, parts=(SmallStore(),)),
    Cell("JetStream's disk read-only for 10 s", read_only_disk, parts=(SmallStore(),)),
    Cell("three nodes: leader killed", kill_leader, parts=(Clustered(),), settings=REPLICATED),
    Cell("three nodes: two frozen, then killed", kill_two_nodes, parts=(Clustered(),), settings=REPLICATED),
    Cell("three nodes: rolling restart", roll_cluster, parts=(Clustered(),), settings=REPLICATED),
)
