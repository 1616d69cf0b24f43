"""`make profile`: where each process of the pipeline spends its time, with steps that do nothing.

Writes `.profiles/<process>.prof` (for `python -m pstats`, snakeviz and others) and `.profiles/<process>.txt`, its
functions by their own time. cProfile makes calls dearer than they are: the shares count, not the times.
"""

import argparse
import asyncio
import pstats
from pathlib import Path

import structlog

from benchmarks.noop_pipeline import noop_pipeline

FUNCTIONS = 60


async def run(folder: Path, items: int) -> None:
    """Send items through processes that are profiled until they end."""
    async with noop_pipeline(profiles=folder) as pipeline:
        spent = await pipeline.run(items)
    print(f"{spent.rate:.0f} items/s, {spent.cpu_ms:.1f} ms CPU each, under the profiler")


def write_texts(folder: Path) -> None:
    """A text for each profile."""
    for profile in sorted(folder.glob("*.prof")):
        with profile.with_suffix(".txt").open("w") as text:
            statistics = pstats.Stats(str(profile), stream=text).strip_dirs()
            statistics.sort_stats("tottime").print_stats(FUNCTIONS)
            statistics.sort_stats("cumulative").print_stats(FUNCTIONS)
        print(profile.with_suffix(".txt"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--folder", type=Path, default=Path(".profiles"))
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    asyncio.run(run(options.folder, options.items))
    write_texts(options.folder)
