"""`python -m tests.chaos.soak`: work for a long time, and whether memory, open files and asyncio's tasks stay flat.

Items come in batches as the ones before end. The first third is for warming up; after it, the lowest of the last third
may be above the lowest of the second by `TOLERANCE`, or by a few where the numbers are small. (More comes and goes with
what is worked on at the moment; what leaks stays, and raises the lowest.)
"""

import argparse
import asyncio
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.chaos.cell import Cell
from tests.chaos.cells.processes import nothing
from tests.chaos.chaos import Chaos
from tests.chaos.checker import judge
from tests.chaos.findings import findings
from tests.chaos.running import running_bench

MEASURES = {
    "process_resident_memory_bytes": 8 * 1024 * 1024.0,
    "process_open_fds": 8.0,
    "scribe_asyncio_tasks": 16.0,
}
"""What is looked at, and by how much it may always grow."""
TOLERANCE = 0.1
BATCH = 50
INTERVAL = 5.0


@dataclass(frozen=True)
class Series:
    """One measure of one process over time."""

    service: str
    measure: str
    values: Sequence[float]

    @property
    def lows(self) -> tuple[float, float]:
        """The lowest of the second and of the last third."""
        third = len(self.values) // 3
        return min(self.values[third : 2 * third], default=0.0), min(self.values[2 * third :], default=0.0)

    @property
    def grows(self) -> bool:
        """Whether the last third is above the second by more than chance."""
        before, after = self.lows
        return after > before + max(MEASURES[self.measure], TOLERANCE * before)


async def sample(url: str) -> Mapping[str, float]:
    """The measures of one process."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        text = (await client.get(f"{url}/metrics")).raise_for_status().text
    return {
        each.name: each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
        if each.name in MEASURES
    }


async def work(chaos: Chaos, seconds: float) -> list[Series]:
    """Submit for so long, and look at every process meanwhile."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if await chaos.under_way(chaos.accepted) < BATCH:
            await chaos.campaign.submit_of_another(BATCH)
        for name, service in chaos.platform.services.items():
            for measure, value in (await sample(service.probe_url)).items():
                found[name, measure].append(value)
        await chaos.lasting(INTERVAL)
    await chaos.until(1.0)
    return [Series(service, measure, values) for (service, measure), values in sorted(found.items())]


async def soak(seconds: float) -> int:
    """The exit code."""
    cell = Cell("soak", nothing)
    async with running_bench(cell, seed=1) as bench:
        chaos = await bench.begin(cell, BATCH)
        measured = await work(chaos, seconds)
        verdict = judge(await findings(chaos))
    print("| process | measure | second third | last third | |\n|---|---|---|---|---|")
    for series in measured:
        before, after = series.lows
        verdict_of = "grows" if series.grows else "flat"
        print(f"| {series.service} | {series.measure} | {before:,.0f} | {after:,.0f} | {verdict_of} |")
    print(
        f"\n{verdict.completed} of {verdict.accepted} e-mails; {'; '.join(verdict.breaches()) or 'every promise held'}"
    )
    return 1 if verdict.breaches() or any(series.grows for series in measured) else 0


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    return asyncio.run(soak(60 * parser.parse_args().minutes))


if __name__ == "__main__":
    sys.exit(main())
