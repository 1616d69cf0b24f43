"""The memory of a scraper pod while it reads pages: the worker, Playwright's driver and all of Chromium's processes.

`python -m benchmarks.scraper_memory [--pages 50] [--at-once 2]` reads that many pages, two at once, each with a few
megabytes of HTML, scripts that build a table of thousands of rows, and every tenth one that eats what memory it gets.
Figures are PSS (shared pages counted once) from /proc, so it runs on Linux only.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from benchmarks.load import family, family_pss_mib
from scribe.common.observability.metrics import Metrics
from scribe.common.process.health import serving
from scribe.scraper.__main__ import open_fetcher
from scribe.scraper.settings import ScraperSettings

LIMIT_MIB = 1024
SENTENCE = "Ada Example is a professor of physics at Nowhere College who studies quantum fluids in small pores. "
HEAVY = (
    "<title>{n}</title><main><article>" + f"<p>{SENTENCE * 20}</p>" * 800 + "</article><table id=t></table></main>"
    "<script>const t = document.getElementById('t');"
    "for (let i = 0; i < 5000; i++) {{ const r = t.insertRow(); r.insertCell().textContent = 'row {n} ' + i; }}"
    "window.kept = Array.from({{length: 200}}, (_, i) => new Array(20000).fill(i));</script>"
)
EATER = "<p>x</p><script>const a = []; while (true) a.push(new Array(1e6).fill('x' + a.length))</script>"


@dataclass
class Samples:
    """PSS in MiB by the number of pages read so far."""

    by_pages: list[tuple[int, float]] = field(default_factory=list)

    def between(self, first: int, last: int) -> float:
        """The mean while pages `first` to `last` were read."""
        return mean(mib for pages, mib in self.by_pages if first <= pages < last)

    @property
    def peak(self) -> float:
        """The largest sample."""
        return max(mib for _, mib in self.by_pages)


async def page(request: Request) -> Response:
    """A heavy page; every tenth eats memory."""
    number = int(request.path_params["n"])
    return HTMLResponse(EATER if number % 10 == 9 else HEAVY.format(n=number))


async def read_pages(port: int, pages: int, at_once: int) -> None:
    """What the child does: read the pages as the worker does, and say so after each."""
    settings = ScraperSettings(guard_allow=f"127.0.0.1:{port}", browser_pages=at_once, page_timeout=15.0)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    async with (
        open_fetcher(settings, Metrics().browser, structlog.get_logger()) as reader,
        asyncio.TaskGroup() as tasks,
    ):

        async def one(number: int) -> None:
            found = await reader.read(f"http://127.0.0.1:{port}/{number}")
            print("read" if found else "left", flush=True)

        for number in range(pages):
            tasks.create_task(one(number))


async def measure(pages: int, at_once: int) -> tuple[Samples, int, float]:
    """Serve the pages, let a child read them, and watch it."""
    samples, read, started = Samples(), 0, time.monotonic()
    async with serving(Starlette(routes=[Route("/{n:int}", page)]), "127.0.0.1", 0) as port:
        arguments = f"-m benchmarks.scraper_memory --child {port} --pages {pages} --at-once {at_once}".split()
        arguments += ["--at-once", str(at_once)]
        child = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE)
        done = 0

        async def count() -> None:
            nonlocal done, read
            assert child.stdout is not None
            async for line in child.stdout:
                done += 1
                read += line.startswith(b"read")

        counting = asyncio.create_task(count())
        while not counting.done():
            samples.by_pages.append((done, family_pss_mib(family(child.pid))))
            await asyncio.sleep(0.2)
        await counting
        await child.wait()
    return samples, read, time.monotonic() - started


def report(samples: Samples, pages: int, read: int, seconds: float) -> bool:
    """Print the figures; whether they are within the limit and flat."""
    fifth = max(1, pages // 5)
    early, late = samples.between(fifth, 2 * fifth), samples.between(pages - fifth, pages)
    print(
        f"| pages {fifth}-{2 * fifth} | pages {pages - fifth}-{pages} | ratio | peak | limit | pages read | pages/min |"
    )
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {early:.0f} MiB | {late:.0f} MiB | {late / early:.2f} | {samples.peak:.0f} MiB | {LIMIT_MIB} MiB"
        f" | {read} of {pages} | {pages / seconds * 60:.0f} |"
    )
    return samples.peak < LIMIT_MIB and late < early * 1.25


def main(arguments: Sequence[str]) -> int:
    """Exit 0 when the memory is flat and below the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        asyncio.run(read_pages(options.child, options.pages, options.at_once))
        return 0
    samples, read, seconds = asyncio.run(measure(options.pages, options.at_once))
    return 0 if report(samples, options.pages, read, seconds) else 1


if __name__ == "__main__":
    os.environ.setdefault("SCRIBE_LOG_LEVEL", "error")
    sys.exit(main(sys.argv[1:]))
