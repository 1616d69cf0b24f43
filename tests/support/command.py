"""The `scribe` command as a process, and whatever it started, found by a mark in their environment."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx

from scribe.local.errors import LocalError
from scribe.local.folder import DataFolder, RunState
from tests.support.deadlines import stretched
from tests.support.waiting import eventually

SCRIBE = str(Path(sys.executable).parent / "scribe")
MARK = "SCRIBE_TEST_MARK"
START_TIMEOUT = 90.0


@dataclass(frozen=True)
class Marked:
    """An environment whose processes can be found again."""

    variables: dict[str, str] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: uuid4().hex)

    @property
    def environment(self) -> dict[str, str]:
        """What to start a process with."""
        return {**os.environ, **self.variables, MARK: self.mark}

    def left(self) -> list[str]:
        """The command lines of the processes that run with the mark."""
        return [_command_line(pid) for pid in self._pids()]

    def pids_of(self, words: str) -> list[int]:
        """The processes with the mark whose command line holds these words."""
        return [pid for pid in self._pids() if words in _command_line(pid)]

    def _pids(self) -> list[int]:
        return [pid for pid in _all_pids() if f"{MARK}={self.mark}".encode() in _environment_of(pid)]


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str


async def scribe(*arguments: str, marked: Marked | None = None, timeout: float = 110) -> Answer:
    """Run the command to its end."""
    process = await asyncio.create_subprocess_exec(
        *(SCRIBE, *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=(marked or Marked()).environment,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), stretched(timeout))
    except TimeoutError:
        process.kill()
        raise
    return Answer(process.returncode or 0, out.decode(), err.decode())


@dataclass
class Up:
    """A `scribe up`, which a test may end and start again in the same folder."""

    folder: DataFolder
    marked: Marked
    options: Sequence[str]
    process: asyncio.subprocess.Process = field(init=False)

    @property
    def state(self) -> RunState:
        """Where everything is."""
        return self.folder.read_state()

    @property
    def output(self) -> Path:
        """What it has printed."""
        return self.folder.path.parent / f"{self.folder.path.name}.out"

    async def start(self) -> None:
        """Start it; returns when everything is ready."""
        with self.output.open("ab") as output, self.output.with_suffix(".err").open("ab") as errors:
            self.process = await asyncio.create_subprocess_exec(
                *(SCRIBE, "up", "--data", str(self.folder.path), "--port", "0", *self.options),
                stdout=output,
                stderr=errors,
                env=self.marked.environment,
            )
        await eventually(self._is_ready, timeout=START_TIMEOUT)

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and wait; gives the exit code."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), stretched(60))

    async def kill_service(self, name: str) -> None:
        """SIGKILL; returns when another process of the service is ready."""
        (pid,) = self.marked.pids_of(f"-m scribe.{name}")
        os.kill(pid, signal.SIGKILL)
        await eventually(lambda: self.marked.pids_of(f"-m scribe.{name}") not in ([pid], []))
        await eventually(lambda: _answers(f"{self.state.service_urls[name]}/readyz"), timeout=60)

    def _is_ready(self) -> bool:
        assert self.process.returncode is None, f"scribe up ended with {self.process.returncode}"
        try:
            return self.state.pid == self.process.pid
        except LocalError:
            return False


@asynccontextmanager
async def scribe_up(data: Path, *options: str, variables: dict[str, str] | None = None) -> AsyncIterator[Up]:
    """The platform in a folder, its gateway on a free port; killed at the end."""
    up = Up(DataFolder(data), Marked(variables or {}), options)
    try:
        await up.start()
        yield up
    finally:
        with suppress(ProcessLookupError):
            up.process.kill()
        await up.process.wait()


async def _answers(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(url)).is_success
        except httpx.TransportError:
            return False


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _environment_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "gone"
