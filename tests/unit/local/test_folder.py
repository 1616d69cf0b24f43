"""The data folder: one platform at a time, one format, and how other commands find the platform."""

import fcntl
import os
import tempfile
import time
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from threading import Thread, Timer

import pytest

from scribe.local.errors import LocalError
from scribe.local.folder import DataFolder, RunState, claimed_folder, ephemeral_folder

STATE = RunState(
    pid=os.getpid(),
    url="http://127.0.0.1:8000",
    issuer="http://127.0.0.1:1/supabase/auth/v1",
    mints_tokens=True,
    stand_ins=("exa",),
    database_url="postgresql://localhost/postgres",
    nats_url="nats://127.0.0.1:4222",
    nats_nkey_file="/somewhere/operator.nk",
    upstreams_url=None,
    supabase_url="http://127.0.0.1:3/supabase",
    service_urls={"gateway": "http://127.0.0.1:8000"},
)


def test_two_platforms_never_share_a_folder(tmp_path: Path) -> None:
    with (
        claimed_folder(tmp_path / "data"),
        pytest.raises(LocalError, match=r"Another `scribe up` uses .*--data"),
        claimed_folder(tmp_path / "data"),
    ):
        pass


def test_a_platform_starts_also_while_somebody_looks_whether_one_runs(tmp_path: Path) -> None:
    with claimed_folder(tmp_path) as folder:
        pass
    looking = folder.lock.open("rb")
    fcntl.flock(looking, fcntl.LOCK_SH)
    Timer(0.02, looking.close).start()
    with claimed_folder(tmp_path):
        pass


def test_a_folder_may_be_used_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with claimed_folder(tmp_path / "data") as folder:
            assert folder.logs.is_dir()


def test_data_of_another_format_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with claimed_folder(tmp_path) as folder:
        (folder.path / "format").write_text("0")
    with pytest.raises(LocalError, match=r"format 0, this version uses 1; name a new folder"), claimed_folder(tmp_path):
        pass


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(LocalError, match="holds other files"), claimed_folder(tmp_path):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match="cannot be used"), claimed_folder(tmp_path / "file" / "data"):
        pass


def test_an_ephemeral_folder_is_gone_afterwards() -> None:
    with ephemeral_folder() as folder:
        (folder.path / "something").touch()
    assert not folder.path.exists()


def test_an_ephemeral_folder_is_gone_although_somebody_writes_into_it_a_little_longer() -> None:
    with ExitStack() as stack:
        folder = stack.enter_context(ephemeral_folder())
        until = time.monotonic() + 0.5
        writer = Thread(target=scribble, args=(folder.path / "postgres", until))
        writer.start()
        stack.close()
        writer.join()
    assert not folder.path.exists()


def scribble(folder: Path, until: float) -> None:
    """Make files without end, as a server that has not heard of its parent's death yet."""
    for number in count():
        if time.monotonic() > until:
            return
        with suppress(OSError):
            folder.mkdir(exist_ok=True)
            (folder / str(number)).touch()


def test_a_running_platform_is_found(tmp_path: Path) -> None:
    with claimed_folder(tmp_path) as folder:
        folder.write_state(STATE)
        assert DataFolder(tmp_path).read_state() == STATE
        assert folder.state.stat().st_mode & 0o077 == 0


def test_a_stopped_platform_is_not_found_even_when_it_was_killed(tmp_path: Path) -> None:
    with claimed_folder(tmp_path) as folder:
        folder.write_state(STATE)
        left = folder.state.read_bytes()
    folder.state.write_bytes(left)
    with pytest.raises(LocalError, match=r"Nothing runs in .*Start it with `scribe up`"):
        DataFolder(tmp_path).read_state()


def test_a_platform_that_is_still_starting_says_so(tmp_path: Path) -> None:
    with claimed_folder(tmp_path), pytest.raises(LocalError, match="not started yet"):
        DataFolder(tmp_path).read_state()


def test_the_state_of_a_killed_platform_is_not_taken_for_that_of_the_next(tmp_path: Path) -> None:
    with claimed_folder(tmp_path) as folder:
        pass
    folder.write_state(STATE)
    with claimed_folder(tmp_path), pytest.raises(LocalError, match="not started yet"):
        folder.read_state()


def test_where_nothing_ever_ran_nothing_is_found(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="Nothing runs in"):
        DataFolder(tmp_path / "nowhere").read_state()


def test_what_a_killed_platform_left_behind_goes_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with claimed_folder(tmp_path / "scribe-half-removed") as half_removed:
        half_removed.lock.unlink()
    with claimed_folder(tmp_path / "scribe-killed"), claimed_folder(tmp_path / "scribe-alive") as alive:
        pass
    with claimed_folder(alive.path), ephemeral_folder():
        assert not half_removed.path.exists()
        assert not (tmp_path / "scribe-killed").exists()
        assert alive.path.exists()
