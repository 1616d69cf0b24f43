"""`scribe batch`, `deadletters` and `doctor` as people use them."""

import json
import sys
from email import message_from_bytes
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from scribe.local.gateway import open_gateway
from scribe.local.tokens import DEFAULT_USER, mint_token
from tests.support.command import Answer, Up, scribe
from tests.support.waiting import eventually

TEMPLATE = "Subject: Hello\n\nDear {{name}},\n\nI would like to hear about {{topic}}.\n\nKind regards,\nRobin Example"

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("command"),
    pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc"),
]


async def batch(up: Up, folder: Path, rows: str, *options: str) -> Answer:
    """Run the command on a file with these rows."""
    (folder / "template.txt").write_text(TEMPLATE)
    (folder / "people.csv").write_text(f"name,interest\n{rows}")
    named = (str(folder / "people.csv"), "--template", str(folder / "template.txt"))
    return await scribe("batch", *named, "--data", str(up.folder.path), *options)


async def test_a_batch_run_again_follows_the_same_items(up: Up, tmp_path: Path) -> None:
    rows = "Lena Listed,lichens\nOtto Other,otters\n"
    first = await batch(up, tmp_path, rows, "--out", str(tmp_path / "emails.csv"))
    assert first.code == 0, first.err
    assert first.out.index("Lena Listed") < first.out.index("Otto Other")
    assert (tmp_path / "emails.csv").read_text("utf-8-sig").count("Kind regards") == 2
    again = await batch(up, tmp_path, rows, "--out", str(tmp_path / "drafts"), "--json")
    assert again.code == 0, again.err
    assert [row["status"] for row in json.loads(again.out)] == ["completed"] * 2
    assert all(row["id"] in first.out for row in json.loads(again.out))
    drafts = sorted((tmp_path / "drafts").iterdir())
    assert [message_from_bytes(draft.read_bytes())["Subject"] for draft in drafts] == ["Hello"] * 2
    listed = json.loads((await scribe("list", "--json", "--data", str(up.folder.path))).out)
    assert len([item for item in listed if item["recipient_name"] in ("Lena Listed", "Otto Other")]) == 2


async def test_a_row_that_cannot_be_used_submits_nothing(up: Up, tmp_path: Path) -> None:
    answer = await batch(up, tmp_path, "Ada Example,bridges\nX,\n")
    assert (answer.code, answer.out) == (1, "")
    assert "Line 3:" in answer.err
    assert not (tmp_path / "people.csv.scribe.json").exists()


async def test_a_dead_letter_is_listed_and_replayed(up: Up, tmp_path: Path) -> None:
    data = ("--data", str(up.folder.path))
    async with httpx.AsyncClient(base_url=str(up.state.upstreams_url), trust_env=False) as world:
        await world.post("/_control", json={"path": "/anthropic", "status": 400})
        failed = await batch(up, tmp_path, "Fay Failing,ferns\n", "--json")
        await world.delete("/_control")
    assert failed.code == 1
    (row,) = json.loads(failed.out)
    (letter,) = json.loads((await scribe("deadletters", "list", "--json", *data)).out)
    assert letter["task_id"] == row["id"]
    assert row["id"] in (await scribe("deadletters", "show", str(letter["id"]), *data)).out
    replayed = await scribe("deadletters", "replay", "--cause", letter["error_class"], "--json", *data)
    assert (replayed.code, json.loads(replayed.out)) == (0, {"replayed": [letter["id"]], "refused": {}})

    async with open_gateway(up.state.url, mint_token(up.folder, up.state, DEFAULT_USER)) as gateway:

        async def written() -> bool:
            return (await gateway.find(UUID(row["id"]))).email_id is not None

        await eventually(written, timeout=60)


async def test_a_doctor_finds_everything_well_and_without_a_platform_says_what_to_do(up: Up, tmp_path: Path) -> None:
    answer = await scribe("doctor", "--json", "--data", str(up.folder.path))
    assert answer.code == 0, answer.out
    states = {finding["name"]: finding["state"] for finding in json.loads(answer.out)}
    looked_at = ("gateway", "database", "broker", "clock", "token", "composer")
    servers = ("migrations", "grants", "streams", "NATS users")
    assert {states[name] for name in (*looked_at, *servers)} == {"ok"}
    answer = await scribe("doctor", "--data", str(tmp_path / "nowhere"))
    assert answer.code == 1
    assert "Start it with `scribe up`" in answer.out
