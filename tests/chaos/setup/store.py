"""A file system under JetStream's store, which can be filled and made read-only."""

import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.setup.rig import Rig
from tests.support.requirements import lacking

SIZE = 2 * 1024 * 1024 * 1024
"""Bytes; JetStream reserves what its streams may grow to. It is memory, of which only what is written is taken."""


@dataclass(frozen=True)
class SmallDisk:
    """What is mounted."""

    folder: Path

    def fill(self) -> None:
        """Leave no room: the file system becomes as small as what is in it."""
        status = os.statvfs(self.folder)
        _mount("-o", f"remount,size={(status.f_blocks - status.f_bfree) * status.f_frsize}", str(self.folder))

    def free(self) -> None:
        """Give the room back."""
        _mount("-o", f"remount,size={SIZE}", str(self.folder))

    def make_writable(self, writable: bool) -> None:
        """Mount it again, to be read only or also written."""
        _mount("-o", f"remount,{'rw' if writable else 'ro'}", str(self.folder))


@dataclass(frozen=True)
class SmallStore:
    """JetStream on a file system of its own, where this user may mount one."""

    @asynccontextmanager
    async def open(self, rig: Rig) -> AsyncIterator[None]:
        """Mount it, and take it away at the end."""
        folder = rig.platform.folder.nats
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            lacking("only root may mount a small file system")
        _mount("-t", "tmpfs", "-o", f"size={SIZE}", "none", str(folder))
        rig.parts.append(SmallDisk(folder))
        try:
            yield
        finally:
            _run("umount", "--lazy", str(folder))


def _mount(*arguments: str) -> None:
    if not _run("mount", *arguments):
        lacking("file systems cannot be mounted here")


def _run(*command: str) -> bool:
    return subprocess.run(command, check=False, timeout=30).returncode == 0
