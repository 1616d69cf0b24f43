"""Two hundred e-mails through five real processes: each comes out exactly once, whatever dies in the middle."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scribe.common.messaging.broker import connect
from scribe.local.folder import ephemeral_folder
from scribe.local.platform import Platform, PlatformOptions, running_platform
from scribe.local.reach import nats_of
from tests.support.campaign import Campaign
from tests.support.logging import silent

USERS, EACH = 5, 40
ALL = USERS * EACH
QUICK = {"SCRIBE_STALE_AFTER": "6", "SCRIBE_RECONCILE_INTERVAL": "1", "SCRIBE_BATCHES_PER_MINUTE": "1000"}

VICTIMS = {
    0.1: ("parser", "scraper", "arxiv", "composer"),
    0.25: ("nats-server",),
    0.4: ("gateway",),
    0.55: ("PostgreSQL",),
}
"""Who is killed when so large a share of the e-mails is there."""

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("acceptance")]


@asynccontextmanager
async def platform(**settings: str) -> AsyncIterator[Platform]:
    with ephemeral_folder() as folder:
        options = PlatformOptions(environment={**os.environ, **settings}, port=0, durable=False)
        async with running_platform(folder, options, announce=lambda _: None) as running:
            yield running


async def test_two_hundred_items_of_five_users_are_written_once_each() -> None:
    async with platform() as running:
        campaign = Campaign(running, USERS, EACH)
        await campaign.submit()
        assert await campaign.until(ALL, timeout=200) == {"completed": ALL}
        assert await campaign.counts() == [(EACH, EACH, EACH)] * USERS


async def test_every_process_killed_in_the_middle_changes_no_count() -> None:
    async with platform(**QUICK) as running:
        campaign = Campaign(running, USERS, EACH)
        await campaign.submit()
        for share, names in VICTIMS.items():
            await campaign.until(int(ALL * share), timeout=100)
            for name in names:
                kill(running, name)
        assert await campaign.until(ALL, timeout=200) == {"completed": ALL}
        assert await campaign.counts() == [(EACH, EACH, EACH)] * USERS


def kill(running: Platform, name: str) -> None:
    """End a process as a machine that fails does; its supervisor starts it again."""
    servers = {"PostgreSQL": running.postgres.child, "nats-server": running.nats.child}
    child = servers.get(name) or running.services[name].child
    assert child is not None
    child.send(signal.SIGKILL)


async def test_all_of_jetstreams_storage_deleted_in_the_middle_loses_nothing() -> None:
    async with platform(**QUICK) as running:
        campaign = Campaign(running, 2, 20)
        await campaign.submit()
        await campaign.until(5, timeout=100)
        async with connect(nats_of(running.folder.path, None), "vandal", silent()) as broker:
            names = [str(info.config.name) for info in await broker.js.streams_info()]
            await asyncio.gather(*(broker.js.delete_stream(name) for name in names))
        assert await campaign.until(40, timeout=200) == {"completed": 40}
        assert await campaign.counts() == [(20, 20, 20)] * 2
