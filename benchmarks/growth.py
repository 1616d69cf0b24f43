"""`make bench ONLY=growth`: whether a backlog is worked off as fast when it is longer; GROWTH=100000 goes that far."""

import os

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.noop_pipeline import noop_pipeline

SIZES = (1_000, 10_000, 100_000)
LARGEST = 10_000
WARM_UP = 200


def _name(size: int) -> str:
    return f"{size // 1000}k"


async def measure() -> Results:
    """One pipeline works off one backlog after the other, over the history of those before."""
    largest = int(os.environ.get("GROWTH") or LARGEST)
    rates: dict[int, float] = {}
    found: dict[str, float] = {}
    async with noop_pipeline() as pipeline:
        await pipeline.run(WARM_UP)
        for size in (size for size in SIZES if size <= largest):
            spent = await pipeline.run(size)
            rates[size] = spent.rate
            found[f"growth.{_name(size)}_items_per_second"] = spent.rate
            found[f"growth.{_name(size)}_cpu_ms"] = spent.cpu_ms
            found[f"growth.rate_{_name(size)}_over_1k_ratio"] = spent.rate / rates[SIZES[0]]
    return found


def _row(size: int) -> tuple[str | Figure, ...]:
    name = _name(size)
    rate, cpu = Figure(f"growth.{name}_items_per_second", "{:.0f}"), Figure(f"growth.{name}_cpu_ms", "{:.1f} ms")
    return f"{size:,}", rate, cpu, Figure(f"growth.rate_{name}_over_1k_ratio")


TABLE = Table(("submitted at once", "items/s", "CPU an item", "of 1,000"), tuple(map(_row, SIZES)))
BENCHMARK = Benchmark("growth", measure, TABLE, is_long=True)
