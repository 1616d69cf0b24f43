"""`python -m benchmarks --only noop`: what an e-mail costs whose steps do nothing."""

from collections.abc import Iterator

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.noop_pipeline import Spent, noop_pipeline
from scribe.common.tasks.route import ROUTE

WARM_UP = 200
ITEMS = 2000
PROCESSES = ("gateway", *ROUTE, "nats", "postgres")


async def measure() -> Results:
    """One run of a fresh pipeline."""
    async with noop_pipeline() as pipeline:
        await pipeline.run(WARM_UP)
        return dict(_figures(await pipeline.run(ITEMS)))


def _figures(spent: Spent) -> Iterator[tuple[str, float]]:
    yield "noop.items_per_second", spent.rate
    yield "noop.cpu_ms", spent.cpu_ms
    for name, seconds in spent.cpu.items():
        yield f"noop.{name}_cpu_ms", seconds / spent.items * 1000


TABLE = Table(
    ("an e-mail of steps that do nothing", "items/s", "CPU"),
    (
        ("Scribe", Figure("noop.items_per_second", "{:.0f}"), Figure("noop.cpu_ms", "{:.1f} ms")),
        *((f"… of it {name}", "", Figure(f"noop.{name}_cpu_ms", "{:.1f} ms")) for name in PROCESSES),
    ),
)
BENCHMARK = Benchmark("noop", measure, TABLE)
