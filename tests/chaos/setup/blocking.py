"""Services whose event loop can be blocked by a signal, as a computation without end would block it.

`python -m tests.chaos.setup.blocking MODULE SECONDS` runs a module with a handler for SIGUSR2 that sleeps. Python runs
handlers of signals in the thread of the event loop, which meanwhile does nothing else.
"""

import runpy
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from scribe.local.processes import Program
from tests.chaos.setup.rig import Rig

SIGNAL = signal.SIGUSR2


@dataclass(frozen=True)
class Blockable:
    """SIGUSR2 blocks the event loop of every service for so long."""

    seconds: float

    @asynccontextmanager
    async def open(self, rig: Rig) -> AsyncIterator[None]:
        """Start them by this module."""

        def adapt(program: Program) -> Program:
            python, _, module = program.command
            command = (python, "-m", __name__, module, str(self.seconds))
            return replace(program, command=command)

        rig.adapts.append(adapt)
        yield


def main(module: str, seconds: str) -> None:
    """Run the module in the place of this one."""
    signal.signal(SIGNAL, lambda *_: time.sleep(float(seconds)))
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
