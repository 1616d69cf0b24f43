"""`make bench ONLY=overhead`: the seconds that an e-mail takes beyond those of the outside world.

The real steps, ten e-mails a second, stand-ins that answer at once. An e-mail's time is that from its row to the
projection of its end, by PostgreSQL's clock. What the outside took of it is the mean over all e-mails of the time of
their calls, as the services measure it; Exa's two calls run side by side and count once.
"""

import re

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.load import connected, percentile
from benchmarks.whole import Whole, whole_platform

PER_SECOND = 10.0
WARM_UP, EMAILS = 20, 300
SIDE_BY_SIDE = {"exa": 2}
_SUM = re.compile(
    r'^scribe_upstream_call_duration_seconds_sum\{[^}]*upstream="(?P<name>\w+)"[^}]*\} (?P<sum>\S+)$', re.MULTILINE
)


async def measure() -> Results:
    """One run, after a few e-mails that warm the processes up."""
    async with whole_platform({}) as whole:
        await whole.submit(WARM_UP)
        await whole.until_ended(WARM_UP)
        outside, cpu = await _outside(whole), sum(whole.cpu_seconds().values())
        await whole.submit_at(PER_SECOND, EMAILS)
        await whole.until_ended(WARM_UP + EMAILS)
        upstream = (await _outside(whole) - outside) / EMAILS
        rows = await whole.database.fetch(
            "SELECT extract(epoch FROM progressed_at - created_at)::float8 AS wall FROM queue_items"
            " ORDER BY submission DESC LIMIT $1",
            EMAILS,
        )
        beyond = [(row["wall"] - upstream) * 1000 for row in rows]
        return {
            "overhead.p50_ms": percentile(beyond, 50),
            "overhead.p99_ms": percentile(beyond, 99),
            "overhead.upstream_ms": upstream * 1000,
            "overhead.cpu_ms": (sum(whole.cpu_seconds().values()) - cpu) / EMAILS * 1000,
        }


async def _outside(whole: Whole) -> float:
    """Seconds that all calls of the workers have taken so far; those that run side by side count once."""
    total = 0.0
    for worker in whole.workers.values():
        async with connected(worker.port) as connection:
            text = (await connection.request("GET", "/metrics", {})).body.decode()
        total += sum(float(found["sum"]) / SIDE_BY_SIDE.get(found["name"], 1) for found in _SUM.finditer(text))
    return total


TABLE = Table(
    ("an e-mail at 10/s", "p50", "p99", "CPU of the services"),
    (
        (
            "beyond what the outside takes",
            Figure("overhead.p50_ms", "{:.0f} ms"),
            Figure("overhead.p99_ms", "{:.0f} ms"),
            Figure("overhead.cpu_ms", "{:.0f} ms"),
        ),
    ),
)
BENCHMARK = Benchmark("overhead", measure, TABLE)
