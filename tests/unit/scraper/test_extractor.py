"""Text is worked out in a process that can be killed, and that knows nothing of the worker."""

import asyncio
import os
from pathlib import Path

import pytest

from scribe.scraper.extraction import MAX_HTML, Snapshot
from scribe.scraper.extractor import ExtractionError, Extractor, open_extractor
from tests.support.waiting import eventually

TEXT = "Ada Example is a professor of physics at Nowhere College, where she studies quantum fluids in small pores."
PAGE = Snapshot(title="Ada", html=f"<html><body><main><h1>Ada</h1><p>{TEXT}</p></main></body></html>", text=TEXT)
PARAGRAPH = "<p>A sentence about <b>helium</b> in pores.</p>"
LONG = Snapshot(title="x", html=f"<main>{PARAGRAPH * (MAX_HTML // len(PARAGRAPH) - 1)}</main>", text="x")


def children() -> list[str]:
    """The processes that extract for this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and b"scribe.scraper.extractor" in (folder / "cmdline").read_bytes():
                found.append(folder.name)
        except OSError:
            continue
    return found


async def test_pages_one_after_the_other_share_a_process() -> None:
    async with open_extractor() as extractor:
        for _ in range(3):
            assert TEXT in await extractor.text_of(PAGE)
        assert len(children()) == 1
    assert children() == []


async def test_pages_at_once_do_not_wait_for_each_other() -> None:
    async with open_extractor() as extractor:
        texts = await asyncio.gather(*(extractor.text_of(PAGE) for _ in range(2)))
        assert all(TEXT in text for text in texts)
        assert len(children()) == 2


async def test_a_page_that_takes_too_long_is_given_up_and_its_process_is_gone() -> None:
    with pytest.raises(ExtractionError):
        await Extractor(timeout=0.05).text_of(LONG)
    assert children() == []


async def test_a_process_that_ends_is_replaced() -> None:
    async with open_extractor() as extractor:
        await extractor.text_of(PAGE)
        (pid,) = children()
        os.kill(int(pid), 9)
        await eventually(lambda: children() == [])
        with pytest.raises(ExtractionError):
            await extractor.text_of(PAGE)
        assert TEXT in await extractor.text_of(PAGE)


async def test_who_is_cancelled_leaves_no_process_at_work() -> None:
    working = asyncio.create_task(Extractor().text_of(LONG))
    await eventually(children)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert children() == []


async def test_the_process_has_none_of_the_workers_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXA_API_KEY", "a-secret")
    async with open_extractor() as extractor:
        await extractor.text_of(PAGE)
        (pid,) = children()
        assert b"a-secret" not in (Path("/proc") / pid / "environ").read_bytes()
