"""A service as a child process: `python -m scribe.<name>` with its port, its log file, and a wait for `/readyz`."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from scribe.local.errors import LocalError
from scribe.local.ports import free_port, on_free_port, refusal
from scribe.local.processes import Child, Program
from scribe.local.supervision import MisconfiguredError

READY_TIMEOUT = 90.0
READY_INTERVAL = 0.1
STOP_GRACE = 15.0
MISCONFIGURED = 2
GATEWAY = "gateway"
LARGEST_LOG = 20 * 1024 * 1024

Adapt = Callable[[Program], Program]


def as_it_is(program: Program) -> Program:
    """The program unchanged."""
    return program


@dataclass
class Service:
    """One process of one service. `port=0` takes a free one, which it keeps over restarts.

    The gateway answers its probes on a port of its own, a worker on its only one.
    `adapt` may change what is run, at each start: who tests the service puts a proxy before its servers, say.
    """

    module: str
    number: int
    environment: Mapping[str, str]
    logs: Path
    port: int = 0
    adapt: Adapt = as_it_is
    child: Child | None = field(default=None, init=False)
    _probe_port: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """`parser`, `parser-2`, …"""
        return self.module if self.number == 1 else f"{self.module}-{self.number}"

    @property
    def log(self) -> Path:
        """What it writes."""
        return self.logs / f"{self.name}.log"

    @property
    def url(self) -> str:
        """Where it answers requests."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def probe_url(self) -> str:
        """Where it answers its probes and shows its metrics."""
        return f"http://127.0.0.1:{self._probe_port or self.port}"

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self.child.pid if self.child else None

    async def start(self) -> None:
        """Start it, and return when it says that it is ready.

        Raises:
            MisconfiguredError: it refused its settings. LocalError: it did not become ready.
        """
        await (self._start_on(self.port) if self.port else on_free_port(self._start_on))

    async def _start_on(self, port: int) -> None:
        self.port = port
        if self.module == GATEWAY and (not self._probe_port or refusal(self._probe_port)):
            self._probe_port = free_port()
        begin = self.log.stat().st_size if self.log.exists() else 0
        if begin > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
            begin = 0
        self.child = child = Child(self._program())
        await child.start()
        try:
            async with asyncio.timeout(READY_TIMEOUT), httpx.AsyncClient(trust_env=False) as client:
                await self._until_ready(client, child)
        except TimeoutError:
            await child.kill()
            raise LocalError(f"{self.name} was not ready in {READY_TIMEOUT:g} s; see {self.log}.") from None
        if child.pid is None:
            raise self._error(child, begin)

    async def wait(self) -> int:
        """Its exit code, when it has ended."""
        return await self.child.wait() if self.child else 0

    async def stop(self) -> None:
        """SIGTERM; SIGKILL after a while, which loses nothing."""
        if self.child:
            await self.child.stop(STOP_GRACE)

    async def kill(self) -> None:
        """SIGKILL."""
        if self.child:
            await self.child.kill()

    async def _until_ready(self, client: httpx.AsyncClient, child: Child) -> None:
        while child.pid is not None:
            try:
                if (await client.get(f"{self.probe_url}/readyz", timeout=5)).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(READY_INTERVAL)

    def _error(self, child: Child, begin: int) -> LocalError:
        reason = reason_in(self.log, begin)
        if child.returncode == MISCONFIGURED:
            return MisconfiguredError(f"{self.name} cannot start: {reason}")
        return LocalError(f"{self.name} stopped at its start (code {child.returncode}): {reason} See {self.log}.")

    def _program(self) -> Program:
        ports = {"SCRIBE_HOST": "127.0.0.1", "SCRIBE_PORT": str(self.port)}
        if self._probe_port:
            ports["SCRIBE_PROBE_PORT"] = str(self._probe_port)
        program = Program(
            name=self.name,
            command=(sys.executable, "-m", f"scribe.{self.module}"),
            environment={**self.environment, **ports},
            log=self.log,
        )
        return self.adapt(program)


def reason_in(log: Path, begin: int) -> str:
    """Why a process ended: the `reason` of the last log event that has one, else the last line."""
    with log.open("rb") as file:
        file.seek(begin)
        lines = file.read().decode("utf-8", errors="replace").strip().splitlines()
    for line in reversed(lines):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and "reason" in event:
            return str(event["reason"])
    return lines[-1] if lines else "it said nothing."
