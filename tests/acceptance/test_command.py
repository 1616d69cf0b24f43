"""The `scribe` command as people use it: what it prints, what it says of a fault, and what it leaves behind."""

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.command import Marked, Up, scribe
from tests.support.waiting import eventually

CLOSING_LINE = re.compile(
    r"^email [0-9a-f-]{36} in \d+\.\d s \| sources [1-9]\d* \| papers [1-9]\d* \| \$\d+\.\d+ \| upstreams: stand-ins$"
)
TEMPLATE = "Dear {{name}},\n\nI would like to hear about {{topic}}.\n\nKind regards,\nRobin Example"

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("command"),
    pytest.mark.skipif(sys.platform != "linux", reason="what is left is looked for in /proc"),
]


async def test_a_demo_beside_a_running_platform_writes_an_email_and_leaves_nothing(up: Up, tmp_path: Path) -> None:
    marked = Marked({"TMPDIR": str(tmp_path)})
    answer = await scribe("demo", marked=marked)
    assert answer.code == 0, answer.err
    lines = answer.out.splitlines()
    steps = [line.split("✓")[1].rpartition(" ")[0].rpartition(" ")[0].strip() for line in lines if "✓" in line]
    assert steps == ["read the template", "research the person", "find papers", "write the e-mail"]
    assert CLOSING_LINE.match(lines[-1]), lines[-1]
    assert "[1] " in answer.out
    assert marked.left() == []
    assert folders_in(tmp_path) == []
    assert up.process.returncode is None


async def test_a_script_reads_where_everything_is_from_the_first_line(up: Up) -> None:
    await eventually(lambda: "\n" in up.output.read_text("utf-8"))
    told = json.loads(up.output.read_text("utf-8").splitlines()[0])
    assert (told["url"], told["supabase_url"]) == (up.state.url, up.state.supabase_url)
    assert told["data"] == str(up.folder.path)
    assert set(told["stand_ins"]) == set(up.state.stand_ins)
    async with httpx.AsyncClient(base_url=told["url"], trust_env=False) as client:
        answer = await client.get("/api/user", headers={"Authorization": f"Bearer {told['token']}"})
    assert answer.status_code == 200


async def test_the_steps_are_told_as_json(up: Up) -> None:
    answer = await scribe("top", "--json", "--data", str(up.folder.path))
    assert answer.code == 0, answer.err
    rows = json.loads(answer.out)
    assert [row["step"] for row in rows][:4] == ["parser", "scraper", "arxiv", "composer"]
    assert all({"waiting", "oldest", "in_progress", "idle_pulls", "failures"} <= row.keys() for row in rows)


async def test_an_email_is_shown_with_its_steps_sources_and_cost(up: Up, tmp_path: Path) -> None:
    (tmp_path / "template.txt").write_text(TEMPLATE)
    options = ("--template", str(tmp_path / "template.txt"), "--name", "Hana Sato", "--interest", "Tohoku dialects")
    answer = await scribe("email", *options, "--data", str(up.folder.path))
    assert answer.code == 0, answer.err
    assert "– find papers           skipped" in answer.out
    assert "Sources\n  [1] " in answer.out
    assert re.search(r"\d+\.\d s \| \d+ tokens in, \d+ out \| \$\d\.\d+ \| general", answer.out)
    assert "written with stand-ins" in answer.out


async def test_a_template_that_is_too_short_is_answered_with_the_rule(up: Up, tmp_path: Path) -> None:
    (tmp_path / "template.txt").write_text("Hello")
    options = ("--template", str(tmp_path / "template.txt"), "--name", "Hana Sato", "--interest", "dialects")
    answer = await scribe("email", *options, "--data", str(up.folder.path))
    assert answer.code == 1
    assert answer.err.startswith("email_template: ")
    assert answer.err.count("\n") == 1


async def test_a_refused_key_holds_the_item_and_the_log_names_the_provider(up: Up, tmp_path: Path) -> None:
    (tmp_path / "template.txt").write_text(TEMPLATE)
    who = ("--user", "refused@example.org", "--data", str(up.folder.path))
    options = ("--template", str(tmp_path / "template.txt"), "--name", "Peter Poor", "--interest", "ports")
    async with httpx.AsyncClient(base_url=str(up.state.upstreams_url), trust_env=False) as world:
        await world.post("/_control", json={"path": "/anthropic", "status": 401})
        writing = asyncio.create_task(scribe("email", *options, *who))
        try:
            await eventually(lambda: "check the API key and the account of anthropic" in logged(up, "parser"))
            (item,) = json.loads((await scribe("list", "--json", *who)).out)
            assert item["status"] == "processing"
            assert (await scribe("cancel", item["id"], *who)).code == 0
            await writing
        finally:
            await world.delete("/_control")
            writing.cancel()
            # It would not ask the provider again for a minute.
            await up.kill_service("parser")


def logged(up: Up, process: str) -> str:
    """What a process has written into its log."""
    return (up.folder.logs / f"{process}.log").read_text()


async def test_an_item_is_listed_shown_and_not_cancelled_after_its_end(up: Up, tmp_path: Path) -> None:
    (tmp_path / "template.txt").write_text(TEMPLATE)
    who = ("--user", "lister@example.org", "--data", str(up.folder.path))
    options = ("--template", str(tmp_path / "template.txt"), "--name", "Lena Listed", "--interest", "lichens")
    assert (await scribe("email", *options, *who)).code == 0
    (item,) = json.loads((await scribe("list", "--json", *who)).out)
    assert (item["recipient_name"], item["status"]) == ("Lena Listed", "completed")
    shown = await scribe("show", item["id"], *who)
    assert "Lena Listed" in shown.out
    assert "Sources\n  [1] " in shown.out
    assert json.loads((await scribe("show", item["id"], "--json", *who)).out)["email"]["id"] == item["email_id"]
    for refused in ("cancel", "retry"):
        answer = await scribe(refused, item["id"], *who)
        assert (answer.code, answer.out, answer.err.count("\n")) == (1, "", 1)


async def test_a_gateway_is_named_by_the_environment(up: Up, tmp_path: Path) -> None:
    token = (await scribe("token", "--user", "far@example.org", "--data", str(up.folder.path))).out.strip()
    named = Marked({"SCRIBE_URL": up.state.url, "SCRIBE_TOKEN": token})
    answer = await scribe("list", "--json", "--data", str(tmp_path / "nowhere"), marked=named)
    assert (answer.code, json.loads(answer.out)) == (0, [])
    answer = await scribe("list", "--data", str(tmp_path), marked=Marked({"SCRIBE_URL": up.state.url}))
    assert answer.code == 1
    assert "SCRIBE_TOKEN" in answer.err


async def test_a_token_is_ready_for_use(up: Up) -> None:
    answer = await scribe("token", "--user", "ada@example.org", "--data", str(up.folder.path))
    async with client(up, answer.out.strip()) as api:
        assert (await api.get("/api/user/profile")).json()["email"] == "ada@example.org"
        assert (await api.get("/api/admin/overview")).status_code == 403


async def test_a_token_of_an_administrator_opens_the_admin_pages(up: Up) -> None:
    answer = json.loads((await scribe("token", "--admin", "--json", "--data", str(up.folder.path))).out)
    assert answer["url"] == up.state.url
    async with client(up, answer["token"]) as api:
        assert (await api.get("/api/admin/overview")).status_code == 200


async def test_a_second_platform_in_the_same_folder_is_refused(up: Up) -> None:
    answer = await scribe("up", "--data", str(up.folder.path), "--port", "0", "--supabase-port", "0")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("Another `scribe up` uses ")


async def test_a_port_in_use_is_named_before_anything_starts(up: Up) -> None:
    port = str(httpx.URL(up.state.url).port)
    answer = await scribe("up", "--ephemeral", "--port", port, "--supabase-port", "0")
    assert answer.code == 1
    assert answer.err.startswith(f"Port {port} cannot be used (Address already in use); choose another with --port")
    assert answer.err.count("\n") == 1


async def test_a_setting_that_cannot_be_used_ends_everything_with_its_name() -> None:
    marked = Marked({"SCRIBE_PARSER_MODEL": "openai:gpt"})
    answer = await scribe("up", "--ephemeral", "--port", "0", "--supabase-port", "0", marked=marked)
    assert answer.code == 1
    assert answer.err.startswith("parser cannot start: setting SCRIBE_PARSER_MODEL: ")
    assert answer.err.count("\n") == 1
    assert marked.left() == []


async def test_ctrl_c_while_the_command_is_still_being_read_is_no_stack_trace(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import time\nprint('reading', flush=True)\ntime.sleep(100)\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "scribe.local", "--help"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"reading\n"
    process.send_signal(signal.SIGINT)
    _, told = await process.communicate()
    assert b"Traceback" not in told
    assert process.returncode == -signal.SIGINT


async def test_where_nothing_runs_the_command_says_how_to_start_it(tmp_path: Path) -> None:
    answer = await scribe("token", "--data", str(tmp_path / "nowhere"))
    assert answer.code == 3
    assert "Start it with `scribe up`" in answer.err


async def test_a_killed_supervisor_takes_everything_with_it_and_data_and_tokens_stay(up: Up, tmp_path: Path) -> None:
    (tmp_path / "template.txt").write_text(TEMPLATE)
    options = ("--template", str(tmp_path / "template.txt"), "--name", "Ida Lasting", "--interest", "bridges")
    answer = await scribe("email", *options, "--json", "--data", str(up.folder.path))
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["recipient_name"] == "Ida Lasting"
    token = (await scribe("token", "--data", str(up.folder.path))).out.strip()
    assert await up.end(signal.SIGKILL) == -signal.SIGKILL
    await eventually(lambda: up.marked.left() == [])
    await up.start()
    async with client(up, token) as api:
        emails = (await api.get("/api/email/")).json()
    assert "Ida Lasting" in {email["recipient_name"] for email in emails}, json.dumps(emails)[:500]


def folders_in(path: Path) -> list[str]:
    return [folder.name for folder in path.glob("scribe-*")]


def client(up: Up, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=up.state.url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
