"""Two versions side by side: the second process of each service runs an earlier revision of the sources."""

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scribe.local.processes import Program
from tests.chaos.setup.rig import Rig
from tests.support.requirements import lacking

ROOT = Path(__file__).resolve().parents[3]
REVISION = "SCRIBE_CHAOS_PREVIOUS"
"""The variable that names the earlier revision; without it, the commit before the last."""


@dataclass(frozen=True)
class Previous:
    """Which revision the second processes run is read from the environment."""

    @asynccontextmanager
    async def open(self, rig: Rig) -> AsyncIterator[None]:
        """Unpack it, and put its sources before the others'."""
        sources = rig.platform.folder.path / "previous"
        unpack(os.environ.get(REVISION, "HEAD^"), sources)
        paths = os.pathsep.join(map(str, sorted(sources.glob("*/*/src"))))

        def adapt(program: Program) -> Program:
            if not program.name.endswith("-2"):
                return program
            return replace(program, environment={**program.environment, "PYTHONPATH": paths})

        rig.adapts.append(adapt)
        yield


def unpack(revision: str, folder: Path) -> None:
    """The sources of a revision of this repository."""
    folder.mkdir()
    packed = subprocess.run(
        ["git", "-C", ROOT, "archive", revision, "libs", "services"], check=False, capture_output=True, timeout=60
    )
    if packed.returncode != 0:
        lacking(f"this checkout does not have the revision {revision}")
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True, timeout=60)
