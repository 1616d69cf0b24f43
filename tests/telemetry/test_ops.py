"""`scribe-ops`, as in a gateway's pod, beside a running platform; once as a command, else what the command calls."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import jwt
import pytest
import structlog
from pydantic import SecretStr

from scribe.common.messaging.broker import connect
from scribe.common.observability.metrics import Metrics
from scribe.common.process.database import open_pool
from scribe.common.tasks.route import ROUTE
from scribe.gateway.database import Database
from scribe.gateway.ops.__main__ import parsed
from scribe.gateway.ops.answer import Answer, Row
from scribe.gateway.ops.operations import Operations
from scribe.gateway.problems import BadRequest
from scribe.gateway.settings import GatewaySettings
from scribe.local.platform import MIB
from tests.telemetry.conftest import PIPELINE_BYTES, Live
from tests.telemetry.test_commands import in_session, live_test, scribe

pytestmark = [in_session, live_test]


@asynccontextmanager
async def operating(live: Live, **changes: object) -> AsyncIterator[Operations]:
    """What commands work with; `changes` replace settings of the platform's gateway."""
    state = live.platform.state
    settings = GatewaySettings.model_validate(
        {
            "database_url": state.database_url,
            "nats_url": state.nats_url,
            "nats_nkey_file": state.nats_nkey_file,
            "supabase_url": state.supabase_url,
            "stand_ins": True,
            **{f"{stream}_max_bytes": size for stream, size in SIZES.items()},
            **changes,
        }
    )
    metrics = Metrics()
    async with (
        open_pool(settings, "ops", metrics.database) as pool,
        connect(settings, "scribe-ops", structlog.get_logger()) as broker,
    ):
        yield Operations(Database(pool, pool, metrics.database), broker, settings, ROUTE)


SIZES = {"pipeline": PIPELINE_BYTES, "events": 64 * MIB, "deadletter": 64 * MIB}


async def answer(operations: Operations, *arguments: str) -> Answer:
    """What a command answers."""
    command = parsed(arguments)
    return await command.run(operations, command)


async def rows(operations: Operations, *arguments: str) -> list[Row]:
    """The rows of a command that does its work."""
    given = await answer(operations, *arguments)
    assert given.is_good, given
    return list(given.rows)


async def failed(live: Live, name: str) -> UUID:
    """A task that has become a dead letter at the parser."""
    await live.play("/anthropic", status=404)
    item = await live.write(name=name)
    await live.reset()
    assert item.status == "failed"
    return item.id


async def test_dead_letters_are_found_by_step_and_cause_and_sent_back(live: Live) -> None:
    task = await failed(live, "Grace Example")
    async with operating(live) as ops:
        letters = await rows(ops, "deadletters", "list", "--step", "parser")
        letter = next(row for row in letters if row["task_id"] == str(task))
        assert await rows(ops, "deadletters", "show", str(letter["id"])) == [letter]
        assert await rows(ops, "deadletters", "list", "--step", "composer") == []
        cause = str(letter["error_class"])
        assert letter in await rows(ops, "deadletters", "list", "--cause", cause)

        replayed = await rows(ops, "deadletters", "replay", "--step", "parser", "--cause", cause)
        assert {"id": letter["id"], "result": "sent back"} in replayed
        assert (await live.ended(task)).status == "completed"
        again = await answer(ops, "deadletters", "replay", str(letter["id"]))
    assert not again.is_good
    assert again.rows[0]["result"] in (
        "There is no such dead letter.",
        "The task of this dead letter has not failed; there is nothing to replay.",
    )


async def test_dead_letters_that_are_given_up_are_gone_and_their_tasks_stay_failed(live: Live) -> None:
    task = await failed(live, "Barbara Example")
    async with operating(live) as ops:
        letter = next(row for row in await rows(ops, "deadletters", "list") if row["task_id"] == str(task))
        assert await rows(ops, "deadletters", "give-up", str(letter["id"])) == [
            {"id": letter["id"], "result": "given up"}
        ]
        assert letter not in await rows(ops, "deadletters", "list")
    assert (await live.gateway.find(task)).status == "failed"


@pytest.mark.parametrize("arguments", [(), ("3", "--all")], ids=["nothing", "two ways"])
async def test_what_to_replay_must_be_named_in_one_way(live: Live, arguments: tuple[str, ...]) -> None:
    async with operating(live) as ops:
        with pytest.raises(BadRequest, match="Name either ids, or --step, --cause or --all"):
            await answer(ops, "deadletters", "replay", *arguments)


async def test_a_limit_of_a_stream_can_be_raised_and_not_put_below_what_is_declared(live: Live) -> None:
    async with operating(live) as ops:
        before = next(row for row in await rows(ops, "streams", "show") if row["stream"] == "DEADLETTER")
        more = int(str(before["max_bytes"])) + 1024
        (after,) = await rows(ops, "streams", "edit", "DEADLETTER", "--max-bytes", str(more))
        assert (after["max_bytes"], after["max_age"]) == (more, before["max_age"])
        with pytest.raises(BadRequest, match="--max-bytes of DEADLETTER cannot be below"):
            await answer(ops, "streams", "edit", "DEADLETTER", "--max-bytes", "1024")
        with pytest.raises(BadRequest, match="Say what to change"):
            await answer(ops, "streams", "edit", "DEADLETTER")


async def test_consumers_show_who_reads(live: Live) -> None:
    async with operating(live) as ops:
        readers = {(row["stream"], row["consumer"]): row for row in await rows(ops, "consumers")}
    assert int(str(readers["PIPELINE", "parser"]["open_pulls"])) > 0
    assert ("EVENTS", "projector") in readers


async def test_doctor_says_what_is_wrong(live: Live) -> None:
    async with operating(live, deadletter_max_bytes=1 << 40) as ops:
        given = await answer(ops, "doctor")
    assert not given.is_good
    (bad,) = (row for row in given.rows if row["state"] == "bad")
    assert (bad["part"], str(bad["found"])[:33]) == ("streams", "stream DEADLETTER: max_bytes is 6")


async def test_token_of_an_administrator_needs_a_secret_of_the_installation(live: Live) -> None:
    admin = uuid4()
    async with operating(live) as ops:
        with pytest.raises(BadRequest, match="tokens are signed by Supabase alone"):
            await answer(ops, "token", str(admin))
    secret = "a-secret-of-at-least-thirty-two-bytes"
    async with operating(live, jwt_secret=SecretStr(secret)) as ops:
        (row,) = await rows(ops, "token", str(admin))
    claims = jwt.decode(str(row["token"]), secret, algorithms=["HS256"], audience="authenticated")
    assert (claims["sub"], claims["app_metadata"]) == (str(admin), {"role": "admin"})


async def test_the_command_finds_a_running_platform_well(live: Live) -> None:
    size = str(PIPELINE_BYTES)
    arguments = ("ops", "--data", str(live.platform.folder.path), "doctor", "--json")
    code, output = await scribe(*arguments, SCRIBE_PIPELINE_MAX_BYTES=size)
    assert code == 0, output
    parts = json.loads(output)
    assert {row["state"] for row in parts} == {"ok"}, parts
    assert {"database", "streams", "consumers"} <= {row["part"] for row in parts}
