"""A file system under JetStream's store, which can be filled and made read-only."""

import ctypes
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.setup.rig import Rig
from tests.support.requirements import lacking

CLONE_NEWNS = 0x00020000
"""As in <linux/sched.h>: a process takes on mounts of its own."""
SIZE = 2 * 1024 * 1024 * 1024
"""Bytes; JetStream reserves what its streams may grow to. It is memory, of which only what is written is taken."""


MAX_SPARE_BLOCKS = 64


@dataclass(frozen=True)
class SmallDisk:
    """What is mounted."""

    folder: Path

    def fill(self) -> None:
        """Leave no room: the file system becomes as small as what is in it, which may grow at the same moment.

        Raises:
            AssertionError: it could not be made so small.
        """
        for spare in range(MAX_SPARE_BLOCKS):
            status = os.statvfs(self.folder)
            used = (status.f_blocks - status.f_bfree + spare) * status.f_frsize
            if _run("mount", "-o", f"remount,size={used}", str(self.folder)):
                return
        raise AssertionError("the file system could not be filled")

    def is_full(self) -> bool:
        """Whether nothing more than a few blocks can be written."""
        return os.statvfs(self.folder).f_bavail < MAX_SPARE_BLOCKS

    def free(self) -> None:
        """Give the room back."""
        _mount("-o", f"remount,size={SIZE}", str(self.folder))

    def make_read_only(self) -> bool:
        """Mount it again, only to be read; False while somebody writes."""
        return _run("mount", "-o", "remount,ro", str(self.folder))

    def make_writable(self) -> None:
        """Mount it again, to be written as well."""
        _mount("-o", "remount,rw", str(self.folder))


@dataclass(frozen=True)
class SmallStore:
    """JetStream on a file system of its own, where this user may mount one."""

    @asynccontextmanager
    async def open(self, rig: Rig) -> AsyncIterator[None]:
        """Mount it for this process and those that it starts: it goes with the last of them, however they end."""
        store = rig.platform.nats.store
        store.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0:
            lacking("only root may mount a small file system")
        if ctypes.CDLL(None).unshare(CLONE_NEWNS) != 0 or not _run("mount", "--make-rprivate", "/"):
            lacking("this machine gives no process file systems of its own")
        _mount("-t", "tmpfs", "-o", f"size={SIZE}", "none", str(store))
        rig.parts.append(SmallDisk(store))
        try:
            yield
        finally:
            _run("umount", "--lazy", str(store))


def _mount(*arguments: str) -> None:
    """Raises the reason as a skip where this machine mounts no file system at all."""
    if not _run("mount", *arguments):
        lacking("file systems cannot be mounted here")


def _run(*command: str) -> bool:
    return subprocess.run(command, check=False, timeout=30, stderr=subprocess.DEVNULL).returncode == 0
