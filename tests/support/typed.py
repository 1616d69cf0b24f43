"""The commands that runbooks and guides tell a reader to type, and where a test types them.

The word behind `sh` says it: `local` beside a running platform, `cluster` in `make e2e-cluster`, `outside` nowhere, as
it names tools or accounts that no test has.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scribe.local.servers.binaries import postgres_binaries
from tests.support.deadlines import stretched

ROOT = Path(__file__).parents[2]
PAGES = (*sorted((ROOT / "docs/runbooks").glob("*.md")), *sorted((ROOT / "docs/howto").glob("*.md")))
PLACES = ("local", "cluster", "outside")
OPERATIONS = "kubectl exec deploy/scribe-gateway -- scribe-ops "
_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block of commands of a page."""

    page: str
    number: int
    info: str
    text: str

    @property
    def place(self) -> str:
        """Where a test types it; empty where the page does not say so."""
        return self.info.partition(" ")[2]

    @property
    def lines(self) -> list[str]:
        """Its commands, those over several lines joined."""
        joined = self.text.replace("\\\n", " ")
        return [line.strip() for line in joined.splitlines() if line.strip() and not line.startswith("#")]

    def __str__(self) -> str:
        """Name it in a test's id."""
        return f"{self.page}-{self.number}"


def type_in(text: str, folder: Path, *, timeout: float = 60.0, **variables: str) -> None:
    """Run commands in bash, in a folder and with these variables, and expect that each of them succeeds.

    Scribe's and PostgreSQL's programs are found by their names. A test that runs on an event loop calls it in a thread.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), str(postgres_binaries()), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env={**os.environ, "PATH": path, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=stretched(timeout),
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}"


def blocks(*places: str) -> list[Block]:
    """The blocks of commands, in the order of the pages; of those places, or all."""
    return [block for block in _all() if not places or block.place in places]


def _all() -> Iterator[Block]:
    for page in PAGES:
        for number, (info, text) in enumerate(_FENCE.findall(page.read_text("utf-8")), 1):
            if info.partition(" ")[0] in ("", "sh", "bash", "console"):
                yield Block(page.stem, number, info, text)
