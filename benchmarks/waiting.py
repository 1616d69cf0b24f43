"""`make bench ONLY=waiting`: e-mails a minute while the outside world takes its time, and the memory for it.

The real steps with their default settings, one worker each, on this machine; stand-ins take 1.2 s for the parser, 5.3 s
for the scraper, up to 0.8 s for arXiv and 3.1 s for the composer. No page needs Chromium.
"""

import asyncio

from benchmarks.contract import Benchmark, Figure, Results, Table
from benchmarks.whole import Waits, Whole, whole_platform
from scribe.common.tasks.steps import Step

WAITS: Waits = {
    Step.PARSER: {"/anthropic": 1.2},
    Step.SCRAPER: {"/exa": 2.9, "/anthropic": 2.4},
    Step.ARXIV: {"/arxiv": 0.8},
    Step.COMPOSER: {"/anthropic": 1.55},
}
"""The composer asks twice: the writer, then the checker."""
EMAILS = 900
GIB = 1024.0
SAMPLE = 1.0


async def measure() -> Results:
    """One run. The rate is that of the middle eight tenths, in which every step is busy."""
    async with whole_platform(WAITS) as whole:
        before = sum(whole.cpu_seconds().values())
        sampling = asyncio.create_task(_peak(whole))
        await whole.submit(EMAILS)
        await whole.until_ended(EMAILS)
        sampling.cancel()
        peak = await sampling
        per_minute = await _per_minute(whole)
        cpu = (sum(whole.cpu_seconds().values()) - before) / EMAILS
    return {
        "waiting.emails_per_minute": per_minute,
        "waiting.pss_mib": sum(peak.values()),
        "waiting.emails_per_minute_1gb": per_minute * min(1.0, GIB / sum(peak.values())),
        "waiting.cpu_ms": cpu * 1000,
        **{f"waiting.{name}_pss_mib": mib for name, mib in peak.items()},
    }


async def _peak(whole: Whole) -> dict[str, float]:
    """The sample with the largest sum, when it is cancelled."""
    found = whole.pss_mib()
    try:
        while True:
            await asyncio.sleep(SAMPLE)
            found = max(found, whole.pss_mib(), key=lambda sample: sum(sample.values()))
    except asyncio.CancelledError:
        return found


async def _per_minute(whole: Whole) -> float:
    """By the database's clock."""
    times = [row[0] for row in await whole.database.fetch("SELECT created_at FROM emails ORDER BY created_at")]
    first, last = len(times) // 10, len(times) * 9 // 10
    rate: float = (last - first) / (times[last] - times[first]).total_seconds() * 60
    return rate


TABLE = Table(
    ("waits of 1.2, 5.3, 0.8 and 3.1 s", "e-mails a minute", "within 1 GiB", "memory of the five", "CPU an e-mail"),
    (
        (
            "default settings, one worker of each step",
            Figure("waiting.emails_per_minute", "{:.0f}"),
            Figure("waiting.emails_per_minute_1gb", "{:.0f}"),
            Figure("waiting.pss_mib", "{:.0f} MiB"),
            Figure("waiting.cpu_ms", "{:.0f} ms"),
        ),
    ),
)
BENCHMARK = Benchmark("waiting", measure, TABLE)
