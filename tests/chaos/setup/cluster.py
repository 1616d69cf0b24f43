"""Three nats-servers that keep every stream three times."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

import httpx
from pydantic import BaseModel, Field

from scribe.local.ports import free_port
from scribe.local.servers import EmbeddedNats
from scribe.local.supervision import keep_alive
from tests.chaos.setup.rig import Rig
from tests.support.waiting import eventually

NAMES = ("nats-1", "nats-2", "nats-3")
REPLICATED = {"SCRIBE_STREAM_REPLICAS": str(len(NAMES))}


class _Meta(BaseModel):
    leader: str = ""
    cluster_size: int = 0


class _JetStream(BaseModel):
    meta: Annotated[_Meta, Field(alias="meta_cluster")] = _Meta()


@dataclass
class NatsCluster(EmbeddedNats):
    """Stands in the platform where one server would; each node is started again when it ends."""

    nodes: dict[str, EmbeddedNats] = field(default_factory=dict, init=False)
    _keepers: list["asyncio.Task[None]"] = field(default_factory=list, init=False)
    _ended: asyncio.Event = field(default_factory=asyncio.Event, init=False)

    @property
    def url(self) -> str:
        """Of all nodes."""
        return ",".join(node.url for node in self.nodes.values())

    async def start(self) -> None:
        """Start the nodes; returns when they have a leader and know each other."""
        ports = {name: free_port() for name in NAMES}
        routes = ", ".join(f"nats://127.0.0.1:{port}" for port in ports.values())
        for name, port in ports.items():
            own = f'server_name: {name}\ncluster {{ name: chaos, listen: "127.0.0.1:{port}", routes: [{routes}] }}\n'
            self.nodes[name] = EmbeddedNats(self.folder / name, authorization=own + self.authorization)
        async with asyncio.TaskGroup() as tasks:
            for node in self.nodes.values():
                tasks.create_task(node.start())
        await eventually(self.is_whole, timeout=60)
        self._keepers = [asyncio.create_task(keep_alive(node, announce=lambda _: None)) for node in self.nodes.values()]

    async def is_whole(self) -> bool:
        """Whether all nodes follow one leader."""
        async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
            try:
                answers = [
                    await client.get(f"http://127.0.0.1:{node.monitoring_port}/jsz") for node in self.nodes.values()
                ]
            except httpx.HTTPError:
                return False
        found = [_JetStream.model_validate_json(answer.content).meta for answer in answers]
        return all(meta.leader and meta.cluster_size == len(NAMES) for meta in found)

    async def wait(self) -> int:
        """Returns when it is stopped; a node that ends is no end of the cluster."""
        await self._ended.wait()
        return 0

    async def kill(self) -> None:
        """All nodes."""
        self._ended.set()
        for keeper in self._keepers:
            keeper.cancel()
        for node in self.nodes.values():
            await node.kill()

    async def stop(self) -> None:
        """All nodes; nobody keeps their data."""
        await self.kill()


@dataclass(frozen=True)
class Clustered:
    """The platform on a cluster; goes with the settings `REPLICATED`."""

    @asynccontextmanager
    async def open(self, rig: Rig) -> AsyncIterator[None]:
        """Put it in the place of the single server."""
        cluster = NatsCluster(rig.platform.nats.folder, authorization=rig.platform.nats.authorization)
        rig.parts.append(cluster)
        rig.platform.nats = cluster
        yield
