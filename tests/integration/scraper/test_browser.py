"""The process of the browser: how many pages it has open, and that a new one replaces it when it ends."""

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.integration.scraper.processes import children
from tests.integration.scraper.reading import Reading, kill_browsers, reading
from tests.support.waiting import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("chromium")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Reading]:
    """A browser that tests may kill: the next page gets another."""
    async with reading(browser_pages=2) as made:
        yield made


async def test_at_most_so_many_pages_are_open_at_once(browser: Reading) -> None:
    seen: set[float] = set()

    def done() -> bool:
        seen.add(browser.open_pages)
        return all(task.done() for task in running)

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(browser.read("plain")) for _ in range(5)]
        await eventually(done, timeout=30)
    assert max(seen) == 2
    assert browser.pages("read") == 5


async def test_the_browser_dies_and_the_next_page_gets_another(browser: Reading) -> None:
    restarts = browser.restarts
    assert await browser.read("plain") is not None
    kill_browsers()
    assert await browser.read("plain") is not None
    assert browser.restarts == restarts + 1


async def test_a_page_under_way_when_the_browser_dies_is_read_all_the_same(browser: Reading) -> None:
    restarts = browser.restarts
    await browser.read("plain")
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(browser.read("restless"))
        await eventually(lambda: browser.site.asked.count("data") > 3)
        kill_browsers()
    assert running.result() is not None
    assert browser.restarts == restarts + 1


async def test_the_driver_dies_and_the_next_page_gets_another(browser: Reading) -> None:
    unhandled: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: unhandled.append(context))
    assert await browser.read("plain") is not None
    for process in children():
        if process.is_driver:
            process.kill()
    assert await browser.read("plain") is not None
    gc.collect()
    loop.set_exception_handler(None)
    assert unhandled == []


async def test_nothing_is_left_running_at_the_end() -> None:
    before = {process.pid for process in children()}  # the tests' own servers
    async with reading() as another:
        await another.read("plain")
        begun = {process.pid for process in children() if process.is_browser} - before
        assert begun
    await eventually(lambda: begun.isdisjoint(process.pid for process in children()))


async def test_where_there_is_no_browser_the_reader_says_so_once() -> None:
    async with reading(chromium="/nowhere/chromium") as browser:
        assert await browser.read("plain") is None
        assert not browser.reader.available
        assert await browser.read("plain") is None
        assert browser.pages("no_browser") == 1


async def test_a_browser_that_does_not_start_is_left_alone_after_a_few_times(tmp_path: Path) -> None:
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    async with reading(chromium=str(broken)) as browser:
        for _ in range(8):
            assert await browser.read("plain") is None
        assert browser.restarts == 4
