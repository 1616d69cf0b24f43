"""Connections: what an operator has to mend is a sentence at once, and no credential travels in the clear."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from nats.errors import StaleConnectionError

from scribe.common.errors import ConfigurationError
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.seeds import SEED_BYTES, new_seed, public_key
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.process.ending import cancel_and_wait
from scribe.local.servers import embedded_nats
from tests.support.deadlines import within
from tests.support.servers import as_user
from tests.support.tcp_proxy import running_proxy
from tests.support.waiting import eventually


async def refusal(settings: BrokerSettings) -> str:
    """What is said of settings that cannot work."""
    with pytest.raises(ConfigurationError) as refused:
        async with within(10), connect(settings, "tests", structlog.get_logger()):
            pass
    return str(refused.value)


async def test_a_wrong_password_is_a_sentence_at_once(nats_url: str) -> None:
    settings = BrokerSettings(nats_url=nats_url, nats_user="parser", nats_password="wrong")
    assert "refused Scribe's credentials" in await refusal(settings)


async def test_a_missing_credential_file_is_a_sentence_at_once(nats_url: str, tmp_path: Path) -> None:
    settings = BrokerSettings(nats_url=nats_url, nats_credentials_file=str(tmp_path / "none.creds"))
    assert "there is no NATS credential" in await refusal(settings)


async def test_no_password_is_sent_before_the_connection_is_encrypted() -> None:
    received: list[bytes] = []

    async def speak_in_the_clear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id":"X","version":"2.15.0","max_payload":1048576,"proto":1,"headers":true}\r\n')
        received.append(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(speak_in_the_clear, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        url = f"tls://127.0.0.1:{port}"
        settings = BrokerSettings(nats_url=url, nats_user="parser", nats_password="secret")
        assert "does not offer TLS" in await refusal(settings)
    assert not any(b"secret" in data for data in received)


async def test_an_answer_to_a_ping_that_nobody_waits_for_any_more_does_not_end_the_connection(broker: Broker) -> None:
    impatient = asyncio.create_task(broker.client.flush())
    while not broker.client._pongs:  # noqa: ASYNC110 - nothing tells when it is sent
        await asyncio.sleep(0)
    impatient.cancel()
    async with within(10):
        await broker.client.flush()
    assert impatient.cancelled()


async def test_a_credential_that_is_taken_away_is_replaced_by_the_one_that_is_there_now(tmp_path: Path) -> None:
    file = tmp_path / "parser.nk"
    seeds = [new_seed(bytes([number] * SEED_BYTES)) for number in range(2)]
    file.write_bytes(seeds[0])
    async with embedded_nats(tmp_path / "nats", authorization=known(seeds[0])) as server:
        settings = BrokerSettings(nats_url=server.url, nats_nkey_file=str(file))
        async with connect(settings, "tests", structlog.get_logger()) as broker:
            file.write_bytes(seeds[1])
            await broker.client.flush()
            async with broker.reconnected:
                server.reload(known(seeds[1]))
                async with within(30):
                    await broker.reconnected.wait()
            await broker.client.flush()
            assert not broker.closed.is_set()


HIGH_WATER = 64 * 1024
"""Bytes that a transport holds back before it pauses who writes."""


@asynccontextmanager
async def stuck(nats_url: str) -> AsyncIterator[tuple[Broker, "asyncio.Task[None]"]]:
    """A connection to a server that takes nothing any more, and a task that waits to send; another way is open."""
    port = int(nats_url.rpartition(":")[2])
    async with running_proxy(lambda: port) as one, running_proxy(lambda: port) as other:
        urls = (as_user(f"nats://127.0.0.1:{proxy.port}", "operator") for proxy in (one, other))
        settings = BrokerSettings(nats_url=",".join(urls))
        async with connect(settings, "tests", structlog.get_logger()) as broker:
            url = broker.client.connected_url
            (one if url is not None and url.port == one.port else other).hold()
            sending = asyncio.create_task(send_for_ever(broker))
            writing = getattr(broker.client._transport, "_io_writer").transport  # noqa: B009 - only nats-py's TCP transport has one
            await eventually(lambda: writing.get_write_buffer_size() > HIGH_WATER)
            yield broker, sending
            await cancel_and_wait(sending)


async def send_for_ever(broker: Broker) -> None:
    """More than any buffer holds."""
    while True:
        await broker.client.publish("nobody.listens", bytes(512 * 1024))


async def test_a_frozen_server_is_left_for_one_that_answers(nats_url: str) -> None:
    async with stuck(nats_url) as (broker, _), within(20):
        async with broker.reconnected:
            await broker.client._process_op_err(StaleConnectionError())  # as two pings without an answer do
            await broker.reconnected.wait()
        await broker.client.flush()


async def test_who_waits_to_send_to_a_frozen_server_can_be_cancelled(nats_url: str) -> None:
    async with stuck(nats_url) as (_, sending):
        sending.cancel()
        async with within(10):
            await asyncio.wait({sending})
        assert sending.cancelled()


async def test_a_frozen_server_does_not_hold_a_process_that_ends(nats_url: str) -> None:
    async with within(20), stuck(nats_url):
        pass


def known(seed: bytes) -> str:
    """A server's configuration with one user."""
    return f"authorization {{ users: [ {{nkey: {public_key(seed)}}} ] }}"
