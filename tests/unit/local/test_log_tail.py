"""Logs are shown as they grow, whole lines only, and only what is new."""

import asyncio
from pathlib import Path

from scribe.local.log_tail import follow_logs
from tests.support.waiting import eventually


async def test_new_lines_of_every_file_are_shown_once(tmp_path: Path) -> None:
    (tmp_path / "parser.log").write_text("old\n")
    shown: list[tuple[str, str]] = []
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(follow_logs(tmp_path, lambda name, line: shown.append((name, line))))
        await asyncio.sleep(0)
        with (tmp_path / "parser.log").open("a") as log:
            log.write("one\ntw")
        (tmp_path / "gateway.log").write_text("first\n")
        await eventually(lambda: set(shown) == {("parser", "one"), ("gateway", "first")})
        with (tmp_path / "parser.log").open("a") as log:
            log.write("o\n")
        await eventually(lambda: ("parser", "two") in shown)
        following.cancel()
    assert len(shown) == 3
