"""`python -m benchmarks`: all benchmarks, one after the other in every round; writes results.json and README.md.

A figure is the median of the rounds. The run stops where other work keeps the machine busy, unless `--force`.
"""

import argparse
import asyncio
import resource
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import structlog

from benchmarks import campaign, gateway, growth, idle, noop, overhead, page_text, signature, waiting
from benchmarks.contract import Benchmark, Results
from benchmarks.quiet import BusyMachineError, busy_share, wait_until_quiet
from benchmarks.results import README, medians, read, store, with_tables

BENCHMARKS: tuple[Benchmark, ...] = (
    noop.BENCHMARK,
    growth.BENCHMARK,
    waiting.BENCHMARK,
    overhead.BENCHMARK,
    idle.BENCHMARK,
    gateway.BENCHMARK,
    campaign.BENCHMARK,
    signature.BENCHMARK,
    page_text.BENCHMARK,
)
ROUNDS = 5
BusyShare = Callable[[], Awaitable[float]]
"""How busy the machine is otherwise, measured before each benchmark; 0 to 1."""


def chosen(only: str) -> list[Benchmark]:
    """Those named in a list with commas; all that are not optional where it is empty."""
    names = [name for name in only.split(",") if name]
    by_name = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(by_name)}")
    return [by_name[name] for name in names] or [found for found in BENCHMARKS if not found.is_optional]


async def run(benchmarks: Sequence[Benchmark], rounds: int, busy_share_of: BusyShare) -> set[str]:
    """Measure in rounds. What is known after a round is written after it, so that a run that ends early says something.

    Gives the names of those that failed; they are not tried again, and the others go on.

    Raises:
        BusyMachineError: the machine has other work to do.
    """
    found: dict[str, list[Results]] = {benchmark.name: [] for benchmark in benchmarks}
    busy: dict[str, list[float]] = {benchmark.name: [] for benchmark in benchmarks}
    failed: set[str] = set()
    for number in range(rounds):
        for benchmark in benchmarks:
            if benchmark.name in failed or (benchmark.is_long and number):
                continue
            share = await busy_share_of()
            print(f"round {number + 1} of {rounds}: {benchmark.name}", flush=True)
            measured = await _measured(benchmark)
            if measured is None:
                failed.add(benchmark.name)
                continue
            busy[benchmark.name].append(share)
            found[benchmark.name].append(measured)
            keep(benchmark, found[benchmark.name], busy[benchmark.name])
    return failed


async def _measured(benchmark: Benchmark) -> Results | None:
    """What it measures; None, and the trace of the error, where it fails."""
    try:
        measured = await benchmark.measure()
        _raise_if_misnamed(benchmark, measured)
    except Exception:  # noqa: BLE001 - the edge of a benchmark: none ends the others
        traceback.print_exc()
        return None
    return measured


def keep(benchmark: Benchmark, rounds: Sequence[Results], busy: Sequence[float]) -> None:
    """Write the medians of the rounds so far, how they were measured, and the tables."""
    run = f"run.{benchmark.name}"
    how: dict[str, float | str] = {f"{run}.rounds": len(rounds), f"{run}.busy_share": max(busy)}
    how[f"{run}.date"] = f"{datetime.now(UTC):%Y-%m-%d}"
    store({**medians(rounds), **how})
    write_tables()
    print(benchmark.table.markdown(read()), flush=True)


def write_tables() -> None:
    """The tables of README.md, from results.json."""
    README.write_text(with_tables(README.read_text(), BENCHMARKS, read()))


def _raise_if_misnamed(benchmark: Benchmark, measured: Results) -> None:
    for key in measured:
        if not key.startswith(f"{benchmark.name}."):
            raise ValueError(f"{benchmark.name} gives {key}, which does not begin with its name")


def main() -> None:
    """Run what is asked for. Exit code 1: a benchmark failed. Exit code 3: the machine is too busy."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="0 only writes the tables")
    parser.add_argument("--only", default="", help="names with commas between them")
    parser.add_argument("--force", action="store_true", help="measure also on a busy machine; results.json says so")
    options = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    write_tables()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    try:
        busy_share_of = busy_share if options.force else wait_until_quiet
        failed = asyncio.run(run(chosen(options.only), options.rounds, busy_share_of))
    except BusyMachineError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
    if failed:
        sys.exit(f"failed: {', '.join(sorted(failed))}")


if __name__ == "__main__":
    main()
