"""A frontend with the real `supabase-js` against `scribe up`: sign-in, upload, submission, events, sign-out."""

import asyncio
import json
import os
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
import pytest_asyncio

from scribe.fakes.supabase import PUBLISHABLE_KEY
from tests.support.command import Up
from tests.support.requirements import lacking

FRONTEND = Path(__file__).parent.parent / "frontend"
ORIGIN = "http://localhost:3000"
TIMEOUT = 110.0

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("command")]


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


@pytest_asyncio.fixture(loop_scope="session")
async def frontend(tmp_path: Path) -> Path:
    """The client's folder with its packages."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        lacking("Node.js with npm is not installed (Debian: apt install npm)")
    folder = tmp_path / "frontend"
    shutil.copytree(FRONTEND, folder, ignore=shutil.ignore_patterns("node_modules"))
    await output_of("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=folder)
    return folder


async def test_supabase_js_signs_in_uploads_submits_and_follows(frontend: Path, up: Up) -> None:
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
