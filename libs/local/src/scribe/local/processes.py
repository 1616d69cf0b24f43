"""A child process that ends with its parent; its output goes to a file; it is stopped by SIGTERM and, after a while,
SIGKILL.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from scribe.local import launch


@dataclass(frozen=True)
class Program:
    """What to run. `environment` is all that the process sees of the environment."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    user: str | None = None
    passes_closed_folders: bool = False
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    """The signal that the kernel sends to the child when this process has ended (Linux)."""


@dataclass
class Child:
    """A program that runs once at a time; `start` after an end makes a new process."""

    program: Program
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self.process.pid if self.process and self.process.returncode is None else None

    @property
    def returncode(self) -> int | None:
        """Exit code of the last run, once it has ended; negative: the signal that ended it."""
        return self.process.returncode if self.process else None

    async def start(self) -> None:
        """Start it; returns when it has been forked, not when it is ready."""
        program = self.program
        leash = [str(os.getpid()), str(int(program.orphan_signal)), program.user or "-"]
        leash.append("1" if program.passes_closed_folders else "0")
        with program.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", launch.__file__, *leash, *program.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(program.environment),
                # A Ctrl-C at the terminal reaches only us, who stop the children in order.
                start_new_session=True,
            )

    async def wait(self) -> int:
        """The exit code, when it has ended."""
        if self.process is None:
            return 0
        return await self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    async def stop(self, grace: float) -> None:
        """Ask it to stop, and kill it after `grace` seconds."""
        self.send(self.program.stop_signal)
        try:
            async with asyncio.timeout(grace):
                await self.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it now."""
        self.send(signal.SIGKILL)
        await self.wait()

    def log_end(self, lines: int = 5) -> str:
        """The end of its log."""
        try:
            text = self.program.log.read_text("utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.strip().splitlines()[-lines:])
