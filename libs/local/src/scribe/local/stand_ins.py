"""The stand-ins as a child process, and the addresses that it prints."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from scribe.local.errors import LocalError
from scribe.local.outside import StandInAddresses
from scribe.local.processes import Child, Program

START_TIMEOUT = 60.0
STOP_GRACE = 5.0


@dataclass
class StandIns:
    """`python -m scribe.fakes`, on `port` or a free one. Started again it is on the same port, with the same keys."""

    keys: Path
    log: Path
    environment: Mapping[str, str]
    port: int = 0
    addresses: StandInAddresses | None = field(default=None, init=False)
    child: Child | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """For messages."""
        return "upstreams"

    async def start(self) -> None:
        """Start them; returns when they have said where they are.

        Raises:
            LocalError: they did not start.
        """
        begin = self.log.stat().st_size if self.log.exists() else 0
        self.child = child = Child(self._program())
        await child.start()
        try:
            async with asyncio.timeout(START_TIMEOUT):
                self.addresses = await self._addresses(child, begin)
        except TimeoutError:
            await child.kill()
            raise LocalError(f"The stand-ins did not start in {START_TIMEOUT:g} s; see {self.log}.") from None

    async def wait(self) -> int:
        """The exit code, when they have ended."""
        return await self.child.wait() if self.child else 0

    async def stop(self) -> None:
        """SIGTERM, and wait for the end."""
        if self.child:
            await self.child.stop(STOP_GRACE)

    async def kill(self) -> None:
        """SIGKILL."""
        if self.child:
            await self.child.kill()

    async def _addresses(self, child: Child, begin: int) -> StandInAddresses:
        while child.pid is not None:
            with self.log.open("rb") as log:
                log.seek(begin)
                for line in log.read().splitlines():
                    try:
                        return StandInAddresses.model_validate_json(line)
                    except ValidationError:
                        continue  # something else that was logged, or half a line
            await asyncio.sleep(0.02)
        raise LocalError(f"The stand-ins stopped at their start:\n{child.log_end()}")

    def _program(self) -> Program:
        port = self.addresses.host_port.rpartition(":")[2] if self.addresses else str(self.port)
        return Program(
            name=self.name,
            command=(sys.executable, "-m", "scribe.fakes", "--port", port, "--keys", str(self.keys)),
            environment=self.environment,
            log=self.log,
        )
