"""What `scribe doctor` says of servers that are well, and of each fault that it looks for."""

import time
from email.utils import formatdate

import httpx
import pytest

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.permissions import IMPORTED_API
from scribe.common.messaging.settings import BrokerSettings
from scribe.common.messaging.streams import MIB, StreamLimits
from scribe.common.tasks.route import ROUTE
from scribe.local.diagnosis import check_clock
from scribe.local.server_checks import check_grants, check_migrations, check_nats_users, check_streams
from tests.support.servers import as_user, execute, with_database

LIMITS = StreamLimits(pipeline_max_bytes=8 * MIB, events_max_bytes=8 * MIB, deadletter_max_bytes=8 * MIB)


def settings_of(nats_url: str, user: str) -> BrokerSettings:
    return BrokerSettings(nats_url=as_user(nats_url, user), nats_api_prefix=IMPORTED_API)


async def test_missing_and_different_streams_are_named(broker: Broker, nats_url: str) -> None:
    settings = BrokerSettings(nats_url=nats_url)
    assert (await check_streams(settings, LIMITS)).state == "ok"
    await broker.js.delete_stream("EVENTS")
    found = await check_streams(settings, StreamLimits(pipeline_max_bytes=9 * MIB))
    assert found.state == "bad"
    assert "EVENTS is missing" in found.found
    assert "PIPELINE: max_bytes is" in found.found


@pytest.mark.usefixtures("broker")
async def test_a_step_whose_credential_opens_too_little_is_named(nats_url: str) -> None:
    users = {str(step): settings_of(nats_url, str(step)) for step in ROUTE}
    assert (await check_nats_users(users)).state == "ok"
    wrong = BrokerSettings(nats_url=as_user(nats_url, "parser").replace("parser-password", "wrong"))
    found = await check_nats_users({**users, "parser": wrong, "arxiv": settings_of(nats_url, "parser")})
    assert (found.state, found.found) == ("bad", "no access: parser, arxiv")


async def test_a_missing_grant_is_named(database_url: str) -> None:
    assert (await check_grants(database_url)).state == "ok"
    await execute(database_url, "REVOKE INSERT ON emails FROM scribe_composer")
    found = await check_grants(database_url)
    assert (found.state, found.found) == ("bad", "scribe_composer may not INSERT emails")


async def test_a_database_without_the_newest_revision_is_told(database_url: str, postgres_url: str) -> None:
    assert (await check_migrations(database_url)).state == "ok"
    await execute(database_url, "UPDATE alembic_version SET version_num = '0001'")
    assert (await check_migrations(database_url)).state == "bad"
    assert (await check_migrations(with_database(postgres_url, "postgres"))).state == "bad"


@pytest.mark.parametrize(("ahead", "state"), [(0, "ok"), (-20, "ok"), (120, "bad"), (-120, "bad")])
def test_a_clock_that_tokens_cannot_live_with_is_told(ahead: float, state: str) -> None:
    date = formatdate(time.time() + ahead, usegmt=True)
    assert check_clock(httpx.Response(200, headers={"Date": date})).state == state
    assert check_clock(httpx.Response(200)).state == "note"
