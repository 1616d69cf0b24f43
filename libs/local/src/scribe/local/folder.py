"""The data folder: who uses it, of which format it is, where its parts are, and how a running platform is reached."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from scribe.local.errors import LocalError, NotRunningError

FORMAT = "1"
DEFAULT_FOLDER = Path(".scribe")
EPHEMERAL_PREFIX = "scribe-"
CLAIM_PATIENCE = 1.0
CLAIM_PAUSE = 0.01
REMOVAL_PATIENCE = 5.0
REMOVAL_PAUSE = 0.05


class RunState(BaseModel):
    """What other commands must know of a running platform. Written to the folder, readable by its owner only."""

    model_config = ConfigDict(frozen=True)

    pid: int
    url: str
    issuer: str
    mints_tokens: bool
    stand_ins: tuple[str, ...]
    database_url: str
    nats_url: str
    nats_nkey_file: str
    """The seed of the operator, who may do everything."""
    upstreams_url: str | None
    supabase_url: str
    service_urls: Mapping[str, str]
    """Where each process answers `/metrics` and its probes, by its name: `gateway`, `parser`, `parser-2`, …"""


@dataclass(frozen=True)
class DataFolder:
    """A folder that holds everything of one platform."""

    path: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's files."""
        return self.path / "postgres"

    @property
    def nats(self) -> Path:
        """JetStream's files."""
        return self.path / "nats"

    @property
    def nkeys(self) -> Path:
        """The seeds of the NATS users."""
        return self.path / "nkeys"

    @property
    def secrets(self) -> Path:
        """A folder for each process with the files of its secrets, which it reads again when they change."""
        return self.path / "secrets"

    @property
    def logs(self) -> Path:
        """One file a process."""
        return self.path / "logs"

    @property
    def keys(self) -> Path:
        """The keys that tokens are signed with."""
        return self.path / "keys.json"

    @property
    def lock(self) -> Path:
        """Locked while a platform runs here."""
        return self.path / "lock"

    @property
    def state(self) -> Path:
        """The `RunState` of the platform that runs here."""
        return self.path / "run.json"

    def write_state(self, state: RunState) -> None:
        """Replace the state in one step."""
        fresh = self.state.with_suffix(".new")
        fresh.touch(0o600)
        fresh.write_text(state.model_dump_json(indent=2), "utf-8")
        fresh.replace(self.state)

    def read_state(self) -> RunState:
        """The state of the platform that runs here.

        Raises:
            NotRunningError: none does. LocalError: it is only starting.
        """
        nothing = NotRunningError(
            f"Nothing runs in {self.path}. Start it with `scribe up`, or name its folder with --data."
        )
        if not self.lock.exists():
            raise nothing
        with self.lock.open("rb") as lock:
            if _take(lock.fileno(), fcntl.LOCK_SH):
                raise nothing
        try:
            return RunState.model_validate_json(self.state.read_bytes())
        except (OSError, ValidationError):
            raise LocalError(f"The platform in {self.path} has not started yet; try again in a moment.") from None


@contextmanager
def claimed_folder(path: Path) -> Iterator[DataFolder]:
    """The folder for this process alone, made where it is missing.

    Raises:
        LocalError: another platform runs in it, it cannot be written, or it is of another format.
    """
    folder = DataFolder(path.resolve())
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder.lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise LocalError(f"{path} cannot be used ({error.strerror}); name another folder with --data.") from error
    try:
        if not _claim(descriptor):
            raise LocalError(f"Another `scribe up` uses {path}. Stop that one, or name another folder with --data.")
        _check_format(folder, path)
        folder.state.unlink(missing_ok=True)  # of one that was killed
        folder.logs.mkdir(exist_ok=True)
        yield folder
        folder.state.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


@contextmanager
def ephemeral_folder() -> Iterator[DataFolder]:
    """A folder that is gone afterwards; those of platforms that were killed go with it."""
    _remove_abandoned(Path(tempfile.gettempdir()))
    path = Path(tempfile.mkdtemp(prefix=EPHEMERAL_PREFIX))
    try:
        with claimed_folder(path) as folder:
            yield folder
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    """Delete a folder into which those who were killed a moment ago may still be writing."""
    end = time.monotonic() + REMOVAL_PATIENCE
    shutil.rmtree(path, ignore_errors=True)
    while path.exists() and time.monotonic() < end:
        time.sleep(REMOVAL_PAUSE)
        shutil.rmtree(path, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    """Ephemeral folders whose platform could not clean up, or not to the end. The format is written under the lock, so
    one that has it and is not locked belongs to nobody.
    """
    for marker in parent.glob(f"{EPHEMERAL_PREFIX}*/format"):
        with suppress(OSError), (marker.parent / "lock").open("ab") as lock:
            if _take(lock.fileno()):
                shutil.rmtree(marker.parent)


def _check_format(folder: DataFolder, path: Path) -> None:
    marker = folder.path / "format"
    if not marker.exists():
        strangers = [entry.name for entry in folder.path.iterdir() if entry.name != folder.lock.name]
        if strangers:
            folder.lock.unlink()
            raise LocalError(f"{path} holds other files; name an empty or new folder with --data.")
        marker.write_text(FORMAT, "utf-8")
    elif (found := marker.read_text("utf-8").strip()) != FORMAT:
        raise LocalError(
            f"The data in {path} have format {found}, this version uses {FORMAT}; name a new folder with --data."
        )


def _claim(descriptor: int) -> bool:
    """Take the lock, retrying for a moment: another process takes it briefly to see whether it is free."""
    end = time.monotonic() + CLAIM_PATIENCE
    while not (taken := _take(descriptor)) and time.monotonic() < end:
        time.sleep(CLAIM_PAUSE)
    return taken


def _take(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    """Lock until the descriptor is closed, however this process ends."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
