"""The demo works for an ordinary user, in a home that nobody else may enter and whose path holds more than ASCII."""

import asyncio
import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import MARK, Marked
from tests.support.deadlines import stretched
from tests.support.requirements import lacking

ROOT = Path(__file__).parents[2]
CHECKED_OUT = ("libs", "services", "migrations", "pyproject.toml", "uv.lock")
PYTHONS = (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3")
IS_SUPPORTED = "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))"

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root plays another user"),
    pytest.mark.timeout(240),
]


@pytest.fixture
def user() -> pwd.struct_passwd:
    """Somebody who owns nothing but their home."""
    return pwd.getpwnam("nobody")


@pytest.fixture
def home(user: pwd.struct_passwd) -> Iterator[Path]:
    """A private home, with a checkout in it."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o711)
    home = place / "Zoë’s own höme"
    try:
        for name in CHECKED_OUT:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            (home / "scribe").mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, home / "scribe" / name)
        home.chmod(0o700)
        install(python_for(user), home / "scribe")
        for folder in (home, home / "scribe"):
            os.chown(folder, user.pw_uid, user.pw_gid)
        yield home
    finally:
        shutil.rmtree(place)


def python_for(user: pwd.struct_passwd) -> str:
    """An interpreter that the user may execute: root's own may lie where nobody else looks."""
    found = next((python for python in PYTHONS if may_execute(user, python)), None)
    if found is None:
        lacking("no Python 3.11 to 3.13 lies where an ordinary user may execute it")
    return found


def may_execute(user: pwd.struct_passwd, python: str) -> bool:
    """Whether the interpreter is there for the user, and of a version that Scribe supports."""
    try:
        tried = subprocess.run([python, "-c", IS_SUPPORTED], user=user.pw_uid, group=user.pw_gid, cwd="/")
    except OSError:
        return False
    return tried.returncode == 0


def install(python: str, checkout: Path) -> None:
    """What `make setup` installs, without what only developers need."""
    uv = Path(sys.executable).parent / "uv"
    subprocess.run(
        [str(uv), "sync", "--frozen", "--quiet", "--no-dev", "--all-packages", "--python", python],
        cwd=checkout,
        env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        check=True,
        timeout=stretched(120),
    )


async def test_an_ordinary_user_in_a_private_home_has_an_email_written(user: pwd.struct_passwd, home: Path) -> None:
    marked = Marked()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "USER": user.pw_name, MARK: marked.mark}
    process = await asyncio.create_subprocess_exec(
        *(str(home / "scribe/.venv/bin/scribe"), "demo", "--json"),
        cwd=home / "scribe",
        env=environment,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(stretched(110)):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    written = json.loads(out)
    assert written["recipient_name"] == "Adrian Del Maestro"
    assert written["metadata"]["sources"]
    assert written["seconds"] > 0
    assert "anthropic" in written["stand_ins"]
    assert marked.left() == []
