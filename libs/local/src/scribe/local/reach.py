"""Reaching the servers of a platform: of the one that runs here, or of one that is named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.observability.logs import configure
from scribe.common.settings import Settings
from scribe.local.errors import LocalError
from scribe.local.folder import DataFolder

ANSWER_TIMEOUT = 10.0

NatsUrl = Annotated[
    str | None, typer.Option("--nats", metavar="URL", help="NATS of another platform than the one that runs here.")
]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="PostgreSQL of another platform than this one.")
]


def nats_of(data: Path, named: str | None) -> BrokerSettings:
    """How to reach NATS: where it is named, with the credentials of the environment, as every process has them.

    Raises:
        LocalError: none is named and nothing runs here.
    """
    if named:
        return BrokerSettings(nats_url=named)
    state = DataFolder(data.resolve()).read_state()
    return BrokerSettings(nats_url=state.nats_url, nats_nkey_file=state.nats_nkey_file)


def database_of(data: Path, named: str | None) -> str:
    """The URL of PostgreSQL.

    Raises:
        LocalError: none is named and nothing runs here.
    """
    return named or DataFolder(data.resolve()).read_state().database_url


@asynccontextmanager
async def reached_nats(settings: BrokerSettings) -> AsyncIterator[Broker]:
    """A connection for looking on.

    Raises:
        LocalError: nobody answers.
    """
    log = configure(Settings(log_level="error", log_format="console"), "scribe")
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                broker = await stack.enter_async_context(connect(settings, "scribe-cli", log))
        except (TimeoutError, ConfigurationError):
            raise LocalError(
                "NATS does not answer; check its URL, SCRIBE_NATS_USER and SCRIBE_NATS_PASSWORD."
            ) from None
        yield broker
