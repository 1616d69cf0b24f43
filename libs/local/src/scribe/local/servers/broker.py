"""nats-server from its wheel, with JetStream."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scribe.local.errors import LocalError
from scribe.local.ports import free_port, on_free_port
from scribe.local.processes import Child, Program

START_TIMEOUT = 30.0
STOP_GRACE = 10.0


def nats_server_binary() -> Path:
    """The program that the wheel put beside the interpreter."""
    binary = Path(sys.executable).parent / "nats-server"
    if not binary.exists():
        raise LocalError(f"nats-server is missing at {binary}; install the dependencies again (make setup).")
    return binary


@dataclass
class EmbeddedNats:
    """A server whose store is `folder`. Ports of 0 are chosen at the first start and kept for the next ones.

    `authorization` is the part of its configuration that says who may do what; without it, everybody may everything.
    """

    folder: Path
    port: int = 0
    authorization: str = ""
    monitoring_port: int = 0
    child: Child | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """For clients."""
        return f"nats://127.0.0.1:{self.port}"

    @property
    def name(self) -> str:
        """For messages."""
        return "nats-server"

    @property
    def store(self) -> Path:
        """What JetStream keeps; may be deleted while the server is down."""
        return self.folder / "store"

    @property
    def _configuration(self) -> Path:
        return self.folder / "nats-server.conf"

    async def start(self) -> None:
        """Start it, and return when it takes connections.

        Raises:
            LocalError: it did not start; the text holds the end of its log.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.monitoring_port = self.monitoring_port or free_port()
        self._configuration.touch(0o600)
        self._configuration.write_text(self.authorization, "utf-8")
        await (self._start_on(self.port) if self.port else on_free_port(self._start_on))

    async def _start_on(self, port: int) -> None:
        self.port = port
        for old in self.folder.glob("*.ports"):
            old.unlink(missing_ok=True)
        self.child = child = Child(self._program())
        await child.start()
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._until_ready(child)
        except TimeoutError:
            await child.kill()
            raise LocalError(
                f"nats-server did not start within {START_TIMEOUT:g} s; see {child.program.log}."
            ) from None

    async def kill(self) -> None:
        """SIGKILL: what was not yet written is lost."""
        if self.child is not None:
            await self.child.kill()

    async def stop(self) -> None:
        """SIGTERM, and wait for the end."""
        if self.child is not None:
            await self.child.stop(STOP_GRACE)

    def reload(self, authorization: str) -> None:
        """Let the running server know other users; it ends the connections of those that it knows no longer."""
        self.authorization = authorization
        self._configuration.write_text(authorization, "utf-8")
        if self.child is not None and self.child.pid is not None:
            os.kill(self.child.pid, signal.SIGHUP)

    async def wait(self) -> int:
        """Its exit code, when it has ended."""
        return await self.child.wait() if self.child else 0

    def _program(self) -> Program:
        address = ("-a", "127.0.0.1", "-p", str(self.port), "-m", str(self.monitoring_port))
        files = ("-c", str(self._configuration), "-js", "-sd", str(self.store), "--ports_file_dir", str(self.folder))
        return Program(
            name="nats",
            command=(str(nats_server_binary()), *address, *files),
            environment=dict(os.environ),
            log=self.folder / "nats-server.log",
        )

    async def _until_ready(self, child: Child) -> None:
        """It writes a file of its ports when it is ready."""
        while child.pid is not None:
            if any(self.folder.glob("*.ports")):
                return
            await asyncio.sleep(0.01)
        raise LocalError(f"nats-server stopped at its start:\n{child.log_end()}")


@asynccontextmanager
async def embedded_nats(folder: Path, *, port: int = 0, authorization: str = "") -> AsyncIterator[EmbeddedNats]:
    """A running server, stopped at the end; its store stays."""
    server = EmbeddedNats(folder, port, authorization)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
