"""A frontend with the real `supabase-js` against `scribe up`: sign-in, upload, submission, events, sign-out."""

import asyncio
import json
import os
import shutil
import signal
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from scribe.fakes.supabase import PUBLISHABLE_KEY
from scribe.local.ports import free_port
from scribe.local.tokens import mint_token
from tests.support.command import scribe_up
from tests.support.requirements import lacking

FRONTEND = Path(__file__).parent.parent / "frontend"
ORIGIN = "http://localhost:3000"
TIMEOUT = 110.0


async def output_of(*command: str, cwd: Path, **variables: str) -> str:
    """What a command prints; the test fails where it does."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env={**os.environ, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(TIMEOUT):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


@pytest.fixture
async def frontend(tmp_path: Path) -> Path:
    """The client's folder with its packages."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        lacking("Node.js with npm is not installed (Debian: apt install npm)")
    folder = tmp_path / "frontend"
    shutil.copytree(FRONTEND, folder, ignore=shutil.ignore_patterns("node_modules"))
    await output_of("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=folder)
    return folder


async def test_supabase_js_signs_in_uploads_submits_and_follows(frontend: Path, tmp_path: Path) -> None:
    async with scribe_up(tmp_path / "data") as up:
        said = await output_of(
            *("node", "client.mjs"),
            cwd=frontend,
            SUPABASE_URL=up.state.supabase_url,
            SUPABASE_KEY=PUBLISHABLE_KEY,
            SCRIBE_URL=up.state.url,
            RESUME=str(files("scribe.fakes") / "data" / "resume.pdf"),
            ORIGIN=ORIGIN,
            NO_PROXY="127.0.0.1,localhost",
        )
    assert json.loads(said)["emails"] == 1


async def test_a_token_survives_a_restart_where_the_port_is_named(tmp_path: Path) -> None:
    options = ("--supabase-port", str(free_port()))
    async with scribe_up(tmp_path / "data", options) as up:
        token = mint_token(up.folder, up.state, "robin@example.org")
        assert await up.end(signal.SIGTERM) in (0, -signal.SIGTERM, 128 + signal.SIGTERM)
    async with (
        scribe_up(tmp_path / "data", options) as again,
        httpx.AsyncClient(base_url=again.state.url, trust_env=False) as client,
    ):
        response = await client.post("/api/user/init", headers={"Authorization": f"Bearer {token}"})
    assert response.json()["email"] == "robin@example.org"
