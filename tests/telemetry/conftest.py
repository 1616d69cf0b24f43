"""One running platform for all tests that look at it from outside: real processes, their spans sent to a collector."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest_asyncio

from scribe.common.messaging.broker import Broker
from scribe.local.answers import Item
from scribe.local.folder import ephemeral_folder
from scribe.local.gateway import Gateway, open_gateway
from scribe.local.platform import Platform, PlatformOptions, running_platform
from scribe.local.reach import nats_of, reached_nats
from scribe.local.tokens import mint_token
from tests.support.collector import Collector, collecting

TEMPLATE = (
    "Dear {{name}},\n\nI am a student of physics, and I read papers. {{one sentence about a paper of theirs}}\n\n"
    "Would you have fifteen minutes for a conversation?\n\nKind regards,\nRobin Example"
)


PIPELINE_BYTES = 16 * 1024 * 1024
"""So small that a test can fill it."""


@dataclass(frozen=True)
class Live:
    """A platform under observation, and a user of it."""

    platform: Platform
    collector: Collector
    gateway: Gateway

    async def write(
        self, name: str = "Adrian Del Maestro", interest: str = "entanglement in superfluid helium"
    ) -> Item:
        """Have one e-mail written; gives the item at its end."""
        task_id = await self.gateway.submit(TEMPLATE, name, interest)
        return await self.ended(task_id)

    async def ended(self, task_id: UUID) -> Item:
        """The item at its end."""
        async for item in self.gateway.follow(task_id):
            last = item
        return last

    @asynccontextmanager
    async def user(self, email: str) -> AsyncIterator[Gateway]:
        """Somebody with an account."""
        token = mint_token(self.platform.folder, self.platform.state, email)
        async with open_gateway(self.platform.url, token) as gateway:
            await gateway.sign_up("Robin Example")
            yield gateway

    @asynccontextmanager
    async def operated(self) -> AsyncIterator[Broker]:
        """A connection to NATS that may do everything."""
        async with reached_nats(nats_of(self.platform.folder.path, None)) as broker:
            yield broker

    async def give_up_dead_letters(self) -> None:
        """Close what tests have left open, as an administrator does."""
        token = mint_token(self.platform.folder, self.platform.state, "operator@example.org", admin=True)
        async with open_gateway(self.platform.url, token) as gateway:
            for letter in await gateway.dead_letters():
                await gateway.give_up(letter.id)

    async def play(self, path: str, **fault: object) -> None:
        """Put a fault of the stand-ins into force."""
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"{self.platform.state.upstreams_url}/_control"
            (await client.post(url, json={"path": path, **fault})).raise_for_status()

    async def reset(self) -> None:
        """Take back what was put into force and has met nobody yet."""
        async with httpx.AsyncClient(trust_env=False) as client:
            (await client.delete(f"{self.platform.state.upstreams_url}/_control")).raise_for_status()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def live() -> AsyncIterator[Live]:
    """A whole platform on this machine."""
    async with collecting() as collector:
        with ephemeral_folder() as folder:
            environment = {**os.environ, **collector.environment(), "SCRIBE_LOG_LEVEL": "debug"}
            environment["SCRIBE_PIPELINE_MAX_BYTES"] = str(PIPELINE_BYTES)
            options = PlatformOptions(environment=environment, port=0, durable=False)
            async with running_platform(folder, options, announce=lambda _: None) as platform:
                token = mint_token(folder, platform.state, "observer@example.org")
                async with open_gateway(platform.url, token) as gateway:
                    await gateway.sign_up("Robin Example")
                    yield Live(platform, collector, gateway)
