"""One `scribe up` for all tests that use the platform as people do."""

import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from scribe.local.ports import free_port
from tests.support.command import Up, scribe_up


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Up]:
    """A platform in a folder that people's computers have: with a space and letters beyond ASCII in its name."""
    folder = tmp_path_factory.mktemp("command") / "Données d’été"
    async with scribe_up(folder, "--json", "--supabase-port", str(free_port())) as running:
        yield running
        assert await running.end(signal.SIGINT) == 0
        assert running.marked.left() == []
