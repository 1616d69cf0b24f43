"""The processes that a process has started, from /proc."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """A living process."""

    pid: int
    command: str

    @property
    def is_browser(self) -> bool:
        """Whether it is Chromium's main process."""
        return "--headless" in self.command and "--type=" not in self.command

    @property
    def is_driver(self) -> bool:
        """Whether it is Playwright's driver."""
        return "run-driver" in self.command

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


def children(of: int | None = None) -> list[Process]:
    """All living descendants."""
    parents = {pid: parent for pid, parent, state in _stats() if state not in "ZX"}
    found: list[int] = []
    wave = {of or os.getpid()}
    while wave:
        wave = {pid for pid, parent in parents.items() if parent in wave}
        found += wave
    return [Process(pid, _read(pid, "cmdline").replace("\0", " ")) for pid in found]


def _stats() -> list[tuple[int, int, str]]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := _read(int(folder.name), "stat")):
            state, parent = stat.rpartition(")")[2].split()[:2]
            found.append((int(folder.name), int(parent), state))
    return found


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""
