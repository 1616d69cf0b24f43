"""`make screenshots`: the pictures in docs/images, all of one run of the whole platform with stand-ins.

Needs Chromium and Prometheus. The console and the API's documentation are PNG, the terminal and the dashboards are SVG.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from playwright.async_api import async_playwright
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scribe.dashboards.__main__ import ALERTS, RULE_FILES
from scribe.dashboards.boards import BOARDS
from scribe.local.answers import Item
from scribe.local.commands.top import steps_table
from scribe.local.folder import ephemeral_folder
from scribe.local.gateway import Gateway, open_gateway
from scribe.local.platform import Platform, PlatformOptions, running_platform
from scribe.local.presentation import StepBars, items_table
from scribe.local.reach import nats_of, reached_nats
from scribe.local.tokens import mint_token
from scribe.local.top import following, read_rows
from tests.screenshots.drawing import draw
from tests.screenshots.measuring import answers_of
from tests.support.deadlines import stretched
from tests.support.prometheus import Prometheus, prometheus
from tests.support.requirements import require_program

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
RULES = [ROOT / ALERTS / name for name in RULE_FILES]
PEOPLE = ("Adrian Del Maestro", "Miriam Okafor", "Jonas Lindqvist", "Hana Sato", "Nobody Atall")
INTERESTS = ("superfluid helium", "trade across the Sahel", "eelgrass", "Tohoku dialects", "nothing that is known")
TEMPLATE = (
    "Dear {{name}},\n\nI am a student and I have read about {{topic}}. {{one sentence about a paper of theirs}}\n\n"
    "Would you have fifteen minutes for a conversation?\n\nKind regards,\nRobin Example"
)
COUNT = 40
WIDTH = 100
AFTERWARDS = 12.0
"""Seconds for which Prometheus goes on looking after the last e-mail."""


@asynccontextmanager
async def running() -> AsyncIterator[tuple[Platform, Gateway, Prometheus]]:
    """The platform, a user of it, and a Prometheus that looks at all of its processes."""
    with ephemeral_folder() as folder, tempfile.TemporaryDirectory() as metrics:
        options = PlatformOptions(dict(os.environ), port=0, durable=False)
        async with (
            running_platform(folder, options, announce=print) as platform,
            open_gateway(platform.url, mint_token(folder, platform.state, "robin@example.org")) as gateway,
            prometheus(Path(metrics), platform.state.service_urls, RULES) as server,
        ):
            await gateway.sign_up("Robin Example")
            yield platform, gateway, server


async def picture_page(url: str, name: str, shown: str) -> None:
    """A page of the gateway, as a browser shows it once an element of the selector `shown` is there."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require_program("chromium"), args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1000, "height": 760})
        await page.goto(url, wait_until="networkidle", timeout=stretched(30) * 1000)
        await page.wait_for_selector(shown, timeout=stretched(30) * 1000)
        await page.screenshot(path=IMAGES / f"{name}.png")
        await browser.close()


async def submit(gateway: Gateway) -> list[UUID]:
    """The e-mails of the run."""
    rows = "".join(f"{PEOPLE[n % 5]},{INTERESTS[n % 5]} {n // 5 or ''}\n" for n in range(COUNT))
    content = f"recipient_name,recipient_interest\n{rows}".encode()
    return list(await gateway.upload("people.csv", content, TEMPLATE, key="screenshots"))


async def picture_terminal(platform: Platform, gateway: Gateway) -> None:
    """`scribe top` and the bars of `scribe batch` when a third is written, and the table at the end."""
    ids = await submit(gateway)
    items = {item_id: Item(id=item_id, status="pending") for item_id in ids}
    screen = Console(record=True, width=WIDTH, force_terminal=True, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123, ASYNC230
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    is_pictured = False
    with Progress(*columns, console=screen, auto_refresh=False) as progress:
        bars = StepBars(progress, len(ids))
        async with reached_nats(nats_of(platform.folder.path, None)) as broker, following(broker.js) as activity:
            async for item in gateway.follow(*ids):
                items[item.id] = item
                bars.update(item)
                await gateway.items()  # as a frontend that polls does
                if not is_pictured and sum(found.is_terminal for found in items.values()) * 3 >= COUNT:
                    is_pictured = True
                    save("top", "scribe top", steps_table(await read_rows(broker.js, activity)))
                    save("batch", "scribe batch people.csv", progress.get_renderable())
    save("batch-ended", "scribe batch people.csv", items_table([items[item_id] for item_id in ids[:10]]))


def save(name: str, title: str, renderable: object) -> None:
    """What a terminal shows, as SVG."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        console = Console(record=True, width=WIDTH, force_terminal=True, file=nowhere)
        console.print(renderable)
        console.save_svg(str(IMAGES / f"{name}.svg"), title=title)


async def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    async with running() as (platform, gateway, server):
        loop = asyncio.get_running_loop()
        begin = loop.time()
        await picture_terminal(platform, gateway)
        await asyncio.sleep(AFTERWARDS)
        for board in BOARDS:
            drawn = draw(board, await answers_of(board, server, loop.time() - begin))
            (IMAGES / f"{board.uid}.svg").write_text(drawn, "utf-8")
        await picture_page(platform.url, "console", "body")
        await picture_page(f"{platform.url}/docs", "api", ".opblock")


if __name__ == "__main__":
    asyncio.run(main())
