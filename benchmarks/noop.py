"""`make bench ONLY=noop`: what an e-mail costs whose steps do nothing, beside chains of four tasks that do nothing."""

import sys
from collections.abc import Iterator

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.noop_pipeline import Spent, noop_pipeline
from benchmarks.peers_running import PEERS, missing, run_peer
from scribe.common.tasks.route import ROUTE

WARM_UP = 200
ITEMS = 1000
PROCESSES = ("gateway", *ROUTE, "nats", "postgres", "client")
LABELS = {
    "celery_prefork": "Celery, prefork, a worker a step, states kept in Redis",
    "celery_gevent": "Celery, gevent, the same",
    "celery_stateless": "Celery, prefork, one worker for all steps, nothing kept",
    "faststream": "FastStream on JetStream, a process a step, nothing kept",
    "taskiq_nats": "taskiq-nats, four processes, nothing kept",
    "raw": "nats-py and asyncpg in one process, in batches: the limit",
}


async def measure() -> Results:
    """One run of a fresh pipeline, and one of each peer that this machine can run."""
    async with noop_pipeline() as pipeline:
        await pipeline.run(WARM_UP)
        ours = await pipeline.run(ITEMS)
    found = dict(_own(ours))
    for peer in PEERS:
        if reason := missing(peer):
            print(f"{peer.name} is left out: {reason}", file=sys.stderr)
            continue
        found.update(_beside(ours, peer.name, await run_peer(peer, WARM_UP, ITEMS)))
    return found


def _own(spent: Spent) -> Iterator[tuple[str, float]]:
    yield "noop.items_per_second", spent.rate
    yield "noop.cpu_ms", spent.cpu_ms
    for name, seconds in spent.cpu.items():
        yield f"noop.{name}_cpu_ms", seconds / spent.items * 1000


def _beside(ours: Spent, name: str, theirs: Spent) -> Iterator[tuple[str, float]]:
    yield f"noop.{name}_items_per_second", theirs.rate
    yield f"noop.{name}_cpu_ms", theirs.cpu_ms
    yield f"noop.rate_over_{name}_ratio", ours.rate / theirs.rate
    yield f"noop.cpu_over_{name}_ratio", ours.cpu_ms / theirs.cpu_ms


def _row(name: str, label: str) -> tuple[str | Figure, ...]:
    rate, cpu = Figure(f"noop.{name}_items_per_second", "{:.0f}"), Figure(f"noop.{name}_cpu_ms", "{:.1f} ms")
    return label, rate, cpu, Figure(f"noop.rate_over_{name}_ratio"), Figure(f"noop.cpu_over_{name}_ratio")


TABLE = Table(
    ("four steps that do nothing", "items/s", "CPU an item", "Scribe's items/s over it", "Scribe's CPU over it"),
    (
        ("Scribe", Figure("noop.items_per_second", "{:.0f}"), Figure("noop.cpu_ms", "{:.1f} ms"), "", ""),
        *((f"… of it {name}", "", Figure(f"noop.{name}_cpu_ms", "{:.1f} ms"), "", "") for name in PROCESSES),
        *(_row(name, label) for name, label in LABELS.items()),
    ),
)
BENCHMARK = Benchmark("noop", measure, TABLE)
