"""Reaching the servers of a platform: of the one that runs here, or of one that is named."""

import asyncio
import os
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
from scribe.local.folder import DataFolder, RunState
from scribe.local.gateway import Gateway, open_gateway
from scribe.local.tokens import mint_token

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
    state = state_of(data)
    return BrokerSettings(nats_url=state.nats_url, nats_nkey_file=state.nats_nkey_file)


def database_of(data: Path, named: str | None) -> str:
    """The URL of PostgreSQL.

    Raises:
        LocalError: none is named and nothing runs here.
    """
    return named or state_of(data).database_url


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


def gateway_of(data: Path, user: str, *, admin: bool = False) -> tuple[str, str]:
    """URL and access token: of `SCRIBE_URL` and `SCRIBE_TOKEN`, or of the platform that runs here and the user.

    Raises:
        NotRunningError: none is named and nothing runs here. LocalError: one is named, and no token.
    """
    url, token = os.environ.get("SCRIBE_URL"), os.environ.get("SCRIBE_TOKEN")
    if url:
        if not token:
            raise LocalError("SCRIBE_URL is set and SCRIBE_TOKEN is not; set it to an access token of that gateway.")
        return url, token
    state = state_of(data)
    return state.url, token or mint_token(folder_of(data), state, user, admin=admin)


def state_of(data: Path) -> RunState:
    """The state of the platform that runs in a folder.

    Raises:
        NotRunningError: none does.
    """
    return folder_of(data).read_state()


def folder_of(data: Path) -> DataFolder:
    """The folder that `--data` names."""
    return DataFolder(data.resolve())


@asynccontextmanager
async def reached_gateway(data: Path, user: str, *, admin: bool = False) -> AsyncIterator[Gateway]:
    """A connection to the gateway of `gateway_of`."""
    async with open_gateway(*gateway_of(data, user, admin=admin)) as gateway:
        yield gateway
