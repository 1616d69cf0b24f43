"""The same permissions as JWTs of an operator's accounts, on the real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import structlog

from scribe.common.messaging import jwts
from scribe.common.messaging.authorization import local_subject
from scribe.common.messaging.broker import Broker, connect
from scribe.common.messaging.permissions import IMPORTED_API, OPERATOR, SETUP, permissions
from scribe.common.messaging.provision import ProvisionSettings, provision
from scribe.common.messaging.streams import MIB
from scribe.local.servers import embedded_nats
from tests.fundamentals.test_permissions import (
    CANCELLATIONS,
    SERVICES,
    TASK,
    covers,
    every_subject,
    heard,
    heard_of_others,
)
from tests.support.waiting import eventually


def settings_of(url: str, folder: Path, name: str) -> ProvisionSettings:
    """How somebody connects with their credentials file."""
    small = {f"{stream}_max_bytes": 8 * MIB for stream in ("pipeline", "events", "deadletter")}
    given = {"nats_url": url, "nats_credentials_file": str(folder / f"{name}.creds"), "step_concurrency": 4}
    prefix = {} if name == OPERATOR else {"nats_api_prefix": IMPORTED_API}
    return ProvisionSettings.model_validate({**small, **given, **prefix})


@pytest.fixture
async def brokers(tmp_path: Path) -> AsyncIterator[dict[str, Broker]]:
    """Everybody's connection to a server that knows the operator; the setup has made the streams."""
    await asyncio.to_thread(jwts.write, tmp_path)
    configuration = await asyncio.to_thread((tmp_path / "resolver.conf").read_text)
    async with embedded_nats(tmp_path / "nats", authorization=configuration) as server, AsyncExitStack() as stack:
        found = {}
        for name in (SETUP, OPERATOR, *(name for name in SERVICES if name != SETUP)):
            settings = settings_of(server.url, tmp_path, name)
            found[name] = await stack.enter_async_context(connect(settings, name, structlog.get_logger()))
            if name == SETUP:
                await provision(found[name], settings)
        yield found


async def test_accounts_of_an_operator_reach_what_they_are_permitted_and_nothing_else(
    brokers: dict[str, Broker],
) -> None:
    operator = brokers[OPERATOR].client
    async with heard(operator, ">") as seen:
        for name in SERVICES:
            patterns, own = permissions()[name].publish, brokers[name].client
            for subject in (s for s in every_subject() if not any(covers(pattern, s) for pattern in patterns)):
                await own.publish(subject, b"{}", reply=own.new_inbox())
                await own.publish(local_subject(subject), b"{}", reply=own.new_inbox())
            await own.flush()
        await operator.publish("the.end")
        await eventually(lambda: "the.end" in seen)
    assert {subject for subject in seen if not subject.startswith(("$JS.EVENT.", "_INBOX.", "the.end"))} == set()


async def test_accounts_of_an_operator_hear_cancellations_of_the_gateway_and_nothing_else(
    brokers: dict[str, Broker],
) -> None:
    assert await heard_of_others({name: brokers[name].client for name in SERVICES}) == CANCELLATIONS


async def test_a_task_goes_from_one_account_to_the_next(brokers: dict[str, Broker]) -> None:
    ack = await brokers["parser"].js.publish(f"pipeline.scraper.{TASK}.1", b"{}")
    assert (ack.stream, ack.seq) == ("PIPELINE", 1)
    scraper = brokers["scraper"].client
    answers = await scraper.subscribe(inbox := scraper.new_inbox())
    pull = b'{"batch": 1, "expires": 2000000000}'
    await scraper.publish(f"{IMPORTED_API}.CONSUMER.MSG.NEXT.PIPELINE.scraper", pull, reply=inbox)
    message = await answers.next_msg(timeout=5)
    assert message.subject == f"pipeline.scraper.{TASK}.1"
    await scraper.request(message.reply, b"+ACK", timeout=5)


async def test_written_again_the_keys_stay(tmp_path: Path) -> None:
    await asyncio.to_thread(jwts.write, tmp_path)
    seeds = {file.name: file.read_bytes() for file in (tmp_path / "keys").iterdir()}
    await asyncio.to_thread(jwts.write, tmp_path)
    assert {file.name: file.read_bytes() for file in (tmp_path / "keys").iterdir()} == seeds
