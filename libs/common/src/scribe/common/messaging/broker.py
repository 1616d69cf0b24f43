"""The connection to NATS: it reconnects for ever, and a process whose connection closes for good exits."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import nats.errors
from nats.aio.client import Client
from nats.errors import NoServersError
from nats.js import JetStreamContext
from nats.js.errors import APIError

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.client import NO_TLS, ScribeClient
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.observability.logs import Logger

REQUEST_TIMEOUT = 5.0
FIRST_CONNECTION_TIMEOUT = 60.0
CLOSE_TIMEOUT = 5

_REFUSED = "NATS refused Scribe's credentials; check them and the user's rights"
_REFUSALS = {"authorization violation": _REFUSED, "authentication": _REFUSED, NO_TLS.lower(): NO_TLS}
"""What an operator is told, by words of the error: nats-py has no classes for these at the first connection."""

NATS_UNAVAILABLE = (nats.errors.Error, APIError, OSError)
"""What a request raises that NATS does not answer, or answers with an error. A missing key or message is one too."""


@dataclass(frozen=True)
class Broker:
    """An open connection. `closed` is set when it will not come back; `reconnected` is notified on every return.

    `api` is the prefix of JetStream's API.
    """

    client: Client
    js: JetStreamContext
    api: str
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    reconnected: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def is_connected(self) -> bool:
        """Whether a server is at the other end now."""
        return self.client.is_connected


@dataclass
class _ConnectionEvents:
    """What nats-py tells about a connection, as log events and as what a Broker's users wait for."""

    log: Logger
    is_established: bool = False
    is_leaving: bool = False
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    reconnected: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def on_reconnected(self) -> None:
        self.log.info("nats_reconnected")
        async with self.reconnected:
            self.reconnected.notify_all()

    async def on_disconnected(self) -> None:
        if not self.is_leaving:
            self.log.warning("nats_disconnected")

    async def on_error(self, error: Exception) -> None:
        if not self.is_established:
            _raise_if_refused(error)
        self.log.warning("nats_error", error_class=type(error).__name__, reason=str(error)[:200])

    async def on_closed(self) -> None:
        self.closed.set()


@asynccontextmanager
async def connect(settings: BrokerSettings, name: str, log: Logger) -> AsyncIterator[Broker]:
    """A connection named `name`, drained at the end.

    Raises:
        ConfigurationError: no server answered within a minute, or it refused the credentials, or their file is missing.
    """
    _raise_if_missing(settings.nats_nkey_file, settings.nats_credentials_file)
    client, events = ScribeClient(), _ConnectionEvents(log)
    await _open(client, settings, name, events)
    try:
        yield Broker(
            client=client,
            js=client.jetstream(timeout=REQUEST_TIMEOUT, prefix=settings.nats_api_prefix),
            api=settings.nats_api_prefix,
            closed=events.closed,
            reconnected=events.reconnected,
        )
    finally:
        events.is_leaving = True
        await _close(client)


async def _open(client: Client, settings: BrokerSettings, name: str, events: _ConnectionEvents) -> None:
    try:
        async with asyncio.timeout(FIRST_CONNECTION_TIMEOUT):
            await client.connect(
                servers=[url.strip() for url in settings.nats_url.split(",")],
                name=name,
                user=settings.nats_user,
                password=partial(settings.current_secret, "nats_password") if settings.nats_password else None,
                user_credentials=settings.nats_credentials_file,
                nkeys_seed=settings.nats_nkey_file,
                max_reconnect_attempts=-1,
                reconnect_time_wait=random.uniform(0.1, 0.5),  # type: ignore[arg-type]  # noqa: S311 - jitter; any float works
                ping_interval=10,
                max_outstanding_pings=2,
                connect_timeout=5,
                reconnected_cb=events.on_reconnected,
                disconnected_cb=events.on_disconnected,
                error_cb=events.on_error,
                closed_cb=events.on_closed,
            )
    except (TimeoutError, NoServersError, OSError) as error:
        raise ConfigurationError(
            "no NATS server answered; check SCRIBE_NATS_URL, the credentials, and that the server runs"
        ) from error
    events.is_established = True


def _raise_if_refused(error: Exception) -> None:
    for said, reason in _REFUSALS.items():
        if said in str(error).lower():
            raise ConfigurationError(reason) from error


def _raise_if_missing(*files: str | None) -> None:
    for file in files:
        if file and not Path(file).is_file():
            raise ConfigurationError(f"there is no NATS credential at {file}")


async def _close(client: ScribeClient) -> None:
    """Send what is still buffered, where a server is there to take it; one that takes nothing is left."""
    # Asked to write to a transport that is closed, uvloop raises RuntimeError, and asyncio of Python 3.13.0 TypeError.
    with suppress(nats.errors.Error, OSError, RuntimeError, TypeError):
        if client.is_connected:
            await client.flush(timeout=CLOSE_TIMEOUT)
    with suppress(nats.errors.Error, OSError, RuntimeError, TypeError):
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await client.close()
