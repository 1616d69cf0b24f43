"""Wrong clocks: a library of a few lines of C, loaded before a process, that moves what the process takes for now.

Only real time is moved; what measures durations (`CLOCK_MONOTONIC`) stays, as on a machine whose clock is set wrong.
"""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from scribe.local.processes import Program
from tests.chaos.setup.rig import Rig
from tests.support.requirements import find_program, lacking

LIBRARY = "clock.so"
SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long offset(void) {
    const char *text = getenv("CHAOS_CLOCK_OFFSET");
    return text ? atol(text) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += offset();
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *where) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (where) *where = exact.tv_sec;
    return exact.tv_sec;
}
"""


@dataclass(frozen=True)
class WrongClocks:
    """Seconds by which the clock of each process is ahead (or behind), by its name."""

    offsets: tuple[tuple[str, int], ...]

    @asynccontextmanager
    async def open(self, rig: Rig) -> AsyncIterator[None]:
        """Compile the library, and load it into those processes."""
        library = compile_library(rig.platform.folder.path)
        offsets = dict(self.offsets)

        def adapt(program: Program) -> Program:
            if program.name not in offsets:
                return program
            clock = {"LD_PRELOAD": str(library), "CHAOS_CLOCK_OFFSET": str(offsets[program.name])}
            return replace(program, environment={**program.environment, **clock})

        rig.adapts.append(adapt)
        yield


def is_moved(pid: int) -> bool:
    """Whether a process has loaded the library."""
    return LIBRARY in Path(f"/proc/{pid}/maps").read_text("utf-8", errors="replace")


def compile_library(folder: Path) -> Path:
    """The library, in the folder."""
    compiler = find_program("cc")
    if compiler is None:
        lacking("there is no C compiler (cc), which wrong clocks are made with")
    source, library = folder / "logs" / "clock.c", folder / "logs" / LIBRARY
    source.write_text(SOURCE, "utf-8")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True, timeout=60)
    return library
