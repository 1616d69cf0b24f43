"""Whether the machine has nothing else to do: what is measured beside other work is not to be believed (Linux)."""

import asyncio
import os
import time
from pathlib import Path

MAX_BUSY = 0.1
"""The part of the machine's CPU time that others may use, idle benchmarks and their load apart."""
SAMPLE = 2.0
PATIENCE = 60.0


class BusyMachineError(Exception):
    """Others use so much of the machine that no time measured now means anything."""


async def busy_share(seconds: float = SAMPLE) -> float:
    """The part of all cores' time that was not idle for so long, from now on; 0 to 1."""
    before = _times()
    await asyncio.sleep(seconds)
    total, idle = (after - earlier for after, earlier in zip(_times(), before, strict=True))
    return 1 - idle / total if total else 0.0


async def wait_until_quiet(patience: float = PATIENCE) -> float:
    """The busy share, once it is low.

    Raises:
        BusyMachineError: it was not low for `patience` seconds.
    """
    end = time.monotonic() + patience
    while (busy := await busy_share()) > MAX_BUSY:
        if time.monotonic() > end:
            raise BusyMachineError(
                f"{busy:.0%} of the CPU time of {os.cpu_count()} cores goes to something else, and at most"
                f" {MAX_BUSY:.0%} may: figures of this machine now mean nothing. FORCE=1 measures all the same."
            )
    return busy


def _times() -> tuple[int, int]:
    """CPU time of all cores so far, and the idle part of it, in ticks; what a hypervisor took away is not idle."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(fields), fields[3] + fields[4]
