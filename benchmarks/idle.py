"""`make bench ONLY=idle`: seconds from the start of each service until it is ready, and its memory at rest.

One service after the other is started, beside a real PostgreSQL, a real nats-server and stand-ins; then all five have
nothing to do: before any work, and again after a few e-mails, when the clients of the models are loaded. Memory is PSS,
which counts shared pages once (Linux).
"""

import asyncio

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.whole import whole_platform
from scribe.common.tasks.route import ROUTE

REST = 5.0
EMAILS = 8


async def measure() -> Results:
    """One start of everything."""
    async with whole_platform({}) as whole:
        await asyncio.sleep(REST)
        memory = {f"idle.{name}_pss_mib": mib for name, mib in whole.pss_mib().items()}
        await whole.submit(EMAILS)
        await whole.until_ended(EMAILS)
        await asyncio.sleep(REST)
        memory |= {f"idle.{name}_used_pss_mib": mib for name, mib in whole.pss_mib().items()}
        return {**memory, **{f"idle.{name}_start_s": seconds for name, seconds in whole.started_in.items()}}


TABLE = Table(
    ("service", "memory before any work", "after a few e-mails", "start until ready"),
    tuple(
        (
            name,
            Figure(f"idle.{name}_pss_mib", "{:.0f} MiB"),
            Figure(f"idle.{name}_used_pss_mib", "{:.0f} MiB"),
            Figure(f"idle.{name}_start_s", "{:.1f} s"),
        )
        for name in ("gateway", *map(str, ROUTE))
    ),
)
BENCHMARK = Benchmark("idle", measure, TABLE)
