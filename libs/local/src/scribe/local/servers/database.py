"""PostgreSQL from its wheel. As root it runs as `nobody`, because PostgreSQL refuses to run as root."""

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scribe.local.errors import LocalError, PortInUseError
from scribe.local.ports import on_free_port
from scribe.local.processes import Child, Program
from scribe.local.servers.binaries import VERSION, is_open_to_all, postgres_binaries

START_TIMEOUT = 60.0
STOP_GRACE = 20.0
UNPRIVILEGED_USER = "nobody"


@dataclass
class EmbeddedPostgres:
    """A server whose files are in `folder`.

    `durable=False` turns fsync off, for tests and demos: what was committed outlives the process, not the machine. It
    also keeps shared memory in files of the folder: in /dev/shm, it would stay when the server is killed for good.
    `port=0` takes a free one.
    """

    folder: Path
    port: int = 0
    durable: bool = True
    child: Child | None = field(default=None, init=False)
    password: str = field(default="", init=False)

    @property
    def url(self) -> str:
        """The URL of the database `postgres`, as the superuser."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """The URL of a database, as the superuser."""
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def name(self) -> str:
        """For messages."""
        return "PostgreSQL"

    @property
    def data(self) -> Path:
        """PGDATA."""
        return self.folder / "data"

    async def start(self) -> None:
        """Make the data folder where there is none, start the server, and return when it takes connections.

        Raises:
            LocalError: the data are of another version or user, or the server did not start.
        """
        self._prepare_folder()
        if not self.data.exists():
            await self._make_data()
        self._check_data()
        self.password = (self.folder / "password").read_text("utf-8")
        await (self._start_on(self.port) if self.port else on_free_port(self._start_on))

    async def stop(self) -> None:
        """A fast shutdown: clients are cut off, nothing committed is lost."""
        if self.child is not None:
            await self.child.stop(STOP_GRACE)

    async def kill(self) -> None:
        """SIGKILL: PostgreSQL recovers at the next start."""
        if self.child is not None:
            await self.child.kill()

    async def wait(self) -> int:
        """Its exit code, when it has ended."""
        return await self.child.wait() if self.child else 0

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, UNPRIVILEGED_USER)
        elif self.folder.stat().st_uid != os.geteuid():
            raise LocalError(f"{self.folder} belongs to another user; choose another folder with --data.")

    def _check_data(self) -> None:
        version = (self.data / "PG_VERSION").read_text("utf-8").strip()
        if version != VERSION:
            raise LocalError(
                f"The data in {self.folder} are of PostgreSQL {version}, this is {VERSION}; "
                "name a new folder with --data, or delete the old one."
            )

    async def _make_data(self) -> None:
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self.folder / "password"
        password.touch(0o600)
        password.write_text(secrets.token_urlsafe(18), "utf-8")
        if os.geteuid() == 0:
            shutil.chown(password, UNPRIVILEGED_USER)
        options = (
            *("--username=postgres", "--auth=scram-sha-256", f"--pwfile={password}"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--no-instructions", *(() if self.durable else ("--no-sync",))),
        )
        child = Child(self._program("initdb", (f"--pgdata={unfinished}", *options)))
        await child.start()
        try:
            async with asyncio.timeout(START_TIMEOUT):
                code = await child.wait()
        finally:
            await child.kill()
        if code != 0:
            raise LocalError(f"PostgreSQL could not make its data folder:\n{child.log_end()}")
        unfinished.rename(self.data)

    async def _start_on(self, port: int) -> None:
        self.port = port
        settings = (
            *("listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories="),
            *("max_connections=200", "shared_buffers=64MB", "jit=off"),
            "log_min_error_statement=fatal",  # a failed statement holds what people wrote
            *(() if self.durable else ("fsync=off", "dynamic_shared_memory_type=mmap")),
        )
        flags = tuple(part for setting in settings for part in ("-c", setting))
        self.child = child = Child(self._program("postgres", ("-D", str(self.data), *flags)))
        await child.start()
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._until_ready(child)
        except TimeoutError:
            await child.kill()
            raise LocalError(f"PostgreSQL did not start within {START_TIMEOUT:g} s; see {child.program.log}.") from None

    async def _until_ready(self, child: Child) -> None:
        while (pid := child.pid) is not None:
            lines = self._status_lines()
            # An old file of a killed server names another process.
            if len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready":
                return
            await asyncio.sleep(0.01)
        words = child.log_end()
        if "Address already in use" in words:
            raise PortInUseError(f"Port {self.port} is in use; PostgreSQL needs another.")
        raise LocalError(f"PostgreSQL stopped at its start:\n{words}")

    def _status_lines(self) -> list[str]:
        """What the server says of itself; nothing before it starts and after it ends, which may be at any moment."""
        try:
            return (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _program(self, name: str, arguments: tuple[str, ...]) -> Program:
        binary = postgres_binaries() / name
        root = os.geteuid() == 0
        return Program(
            name=name,
            command=(str(binary), *arguments),
            environment={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            log=self.folder / "postgres.log",
            user=UNPRIVILEGED_USER if root else None,
            passes_closed_folders=root and not is_open_to_all(self.data),
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
        )


@asynccontextmanager
async def embedded_postgres(folder: Path, *, port: int = 0, durable: bool = True) -> AsyncIterator[EmbeddedPostgres]:
    """A running server, stopped at the end; its data stay."""
    server = EmbeddedPostgres(folder, port, durable)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
