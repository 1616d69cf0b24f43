"""`scribe ops`, which is `scribe-ops` of a gateway's pod, beside a running platform."""

import json
from uuid import UUID, uuid4

import pytest

from tests.telemetry.conftest import Live
from tests.telemetry.test_commands import in_session, live_test, scribe

pytestmark = [in_session, live_test]


async def ops(live: Live, *arguments: str) -> tuple[int, str]:
    """The exit code and the output of `scribe ops`."""
    return await scribe("ops", "--data", str(live.platform.folder.path), *arguments)


async def answered(live: Live, *arguments: str) -> list[dict[str, object]]:
    """The rows of a command that does its work."""
    code, output = await ops(live, *arguments, "--json")
    assert code == 0, output
    rows: list[dict[str, object]] = json.loads(output)
    return rows


async def failed(live: Live, name: str) -> UUID:
    """A task that has become a dead letter at the parser."""
    await live.play("/anthropic", status=404, times=1)
    item = await live.write(name=name)
    await live.reset()
    assert item.status == "failed"
    return item.id


async def test_dead_letters_are_found_by_step_and_cause_and_sent_back(live: Live) -> None:
    task = await failed(live, "Grace Example")
    letters = await answered(live, "deadletters", "list", "--step", "parser")
    letter = next(row for row in letters if row["task_id"] == str(task))
    assert await answered(live, "deadletters", "show", str(letter["id"])) == [letter]
    assert await answered(live, "deadletters", "list", "--step", "composer") == []
    cause = str(letter["error_class"])
    assert letter in await answered(live, "deadletters", "list", "--cause", cause)

    replayed = await answered(live, "deadletters", "replay", "--step", "parser", "--cause", cause)
    assert {"id": letter["id"], "result": "sent back"} in replayed
    assert (await live.ended(task)).status == "completed"
    code, output = await ops(live, "deadletters", "replay", str(letter["id"]))
    assert code == 1
    assert "has not failed; there is nothing to replay" in output


async def test_what_to_replay_must_be_named_in_one_way(live: Live) -> None:
    for arguments in ((), ("3", "--all")):
        code, output = await ops(live, "deadletters", "replay", *arguments)
        assert (code, output.strip()) == (1, "Name either ids, or --step, --cause or --all.")


async def test_a_limit_of_a_stream_can_be_raised_and_not_put_below_what_is_declared(live: Live) -> None:
    before = next(row for row in await answered(live, "streams", "show") if row["stream"] == "DEADLETTER")
    more = int(str(before["max_bytes"])) + 1024
    (after,) = await answered(live, "streams", "edit", "DEADLETTER", "--max-bytes", str(more))
    assert (after["max_bytes"], after["max_age"]) == (more, before["max_age"])
    code, output = await ops(live, "streams", "edit", "DEADLETTER", "--max-bytes", "1024")
    assert code == 1
    assert "--max-bytes of DEADLETTER cannot be below" in output
    code, output = await ops(live, "streams", "edit", "DEADLETTER")
    assert "Say what to change" in output


async def test_consumers_show_who_reads(live: Live) -> None:
    readers = {(row["stream"], row["consumer"]): row for row in await answered(live, "consumers")}
    assert int(str(readers["PIPELINE", "parser"]["open_pulls"])) > 0
    assert ("EVENTS", "projector") in readers


async def test_doctor_finds_a_running_platform_well(live: Live) -> None:
    parts = await answered(live, "doctor")
    assert {row["state"] for row in parts} == {"ok"}, parts
    assert {"database", "streams", "consumers"} <= {row["part"] for row in parts}


async def test_doctor_says_what_is_wrong_and_ends_with_one(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIBE_DEADLETTER_MAX_BYTES", str(1 << 40))
    code, output = await ops(live, "doctor")
    assert code == 1
    assert "stream DEADLETTER: max_bytes is" in output


async def test_token_of_an_administrator_needs_a_secret_of_the_installation(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = await ops(live, "token", str(uuid4()))
    assert code == 1
    assert "tokens are signed by Supabase alone" in output
    monkeypatch.setenv("SCRIBE_JWT_SECRET", "a-secret-of-at-least-thirty-two-bytes")
    (row,) = await answered(live, "token", str(uuid4()))
    assert str(row["token"]).count(".") == 2
