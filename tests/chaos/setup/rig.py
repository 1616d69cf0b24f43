"""The platform of a cell, and the parts by which it differs from the plain one."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import httpx

from scribe.common.messaging.broker import Broker, connect
from scribe.common.tasks.subject import Subject
from scribe.local.folder import ephemeral_folder
from scribe.local.platform import Platform, PlatformOptions, create_platform, kept_alive
from scribe.local.processes import Child, Program
from scribe.local.reach import nats_of
from scribe.local.services import Adapt
from tests.support.logging import silent

QUICK = {
    "SCRIBE_STALE_AFTER": "30",
    "SCRIBE_HOLD_LIMIT": "60",
    "SCRIBE_RECONCILE_INTERVAL": "3",
    "SCRIBE_BATCHES_PER_MINUTE": "100000",
    "SCRIBE_PENDING_PER_USER": "1000000",
    "SCRIBE_ARXIV_INTERVAL": "0",
}
"""Limits that would only make the cells longer. As with the defaults, a message is held for less than four times what
makes its task stale: after that it is issued again although a worker still says that it works on it.
"""

T = TypeVar("T")


class Target(Protocol):
    """A system that faults are tried on: this one, or one that does the same work."""

    @property
    def database_url(self) -> str:
        """Of its PostgreSQL, as the superuser."""

    @property
    def upstreams_url(self) -> str:
        """Of the stand-ins that it asks."""

    def child(self, name: str) -> Child:
        """The process of a worker, of `gateway`, `nats-server` or `PostgreSQL`."""

    async def is_ready(self) -> bool:
        """Whether it takes items."""

    async def dead_letters(self) -> set[str]:
        """The items that it has given up."""


@dataclass
class Rig:
    """A platform, and what its parts have changed. `adapts` are applied in turn to each process before it starts."""

    platform: Platform
    adapts: list[Adapt] = field(default_factory=list)
    parts: list[object] = field(default_factory=list)

    def part(self, kind: type[T]) -> T:
        """What the part of this kind has put in."""
        (found,) = [part for part in self.parts if isinstance(part, kind)]
        return found

    @property
    def database_url(self) -> str:
        """Of PostgreSQL, as the superuser."""
        return self.platform.postgres.url

    @property
    def upstreams_url(self) -> str:
        """Of the stand-ins."""
        return str(self.platform.state.upstreams_url)

    def child(self, name: str) -> Child:
        """The process of a service, `nats-server` or `PostgreSQL`."""
        servers = {"PostgreSQL": self.platform.postgres.child, "nats-server": self.platform.nats.child}
        child = servers.get(name) or self.platform.services[name].child
        assert child is not None
        return child

    @asynccontextmanager
    async def broker(self) -> AsyncIterator[Broker]:
        """A connection to NATS as its operator."""
        async with connect(nats_of(self.platform.folder.path, None), "chaos", silent()) as broker:
            yield broker

    async def is_ready(self) -> bool:
        """Whether the gateway says so; it may have been killed a moment ago."""
        url = f"{self.platform.services['gateway'].probe_url}/readyz"
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                return (await client.get(url, timeout=5)).is_success
        except httpx.TransportError:
            return False

    async def dead_letters(self) -> set[str]:
        """The tasks in DEADLETTER."""
        async with self.broker() as broker:
            info = await broker.js.stream_info("DEADLETTER", subjects_filter="deadletter.>")
        return {Subject.parse(subject).task_id for subject in info.state.subjects or ()}


class Part(Protocol):
    """A difference from the plain platform, opened before the platform starts."""

    def open(self, rig: Rig) -> AbstractAsyncContextManager[None]:
        """Change the rig while the block runs."""


@asynccontextmanager
async def running_rig(
    parts: Sequence[Part] = (), settings: Mapping[str, str] | None = None, replicas: Mapping[str, int] | None = None
) -> AsyncIterator[Rig]:
    """A platform with these parts, settings of all processes, and numbers of processes by service."""
    with ephemeral_folder() as folder:
        adapts: list[Adapt] = []

        def adapt(program: Program) -> Program:
            for each in adapts:
                program = each(program)
            return program

        environment = {**os.environ, **QUICK, **(settings or {})}
        options = PlatformOptions(environment, port=0, durable=False, replicas=replicas or {}, adapt=adapt)
        rig = Rig(create_platform(folder, options), adapts)
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part.open(rig))
            await stack.enter_async_context(kept_alive(rig.platform, announce=lambda _: None))
            yield rig
