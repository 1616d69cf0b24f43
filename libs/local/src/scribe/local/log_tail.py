"""The logs of all processes on the terminal, as they grow."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

INTERVAL = 0.2


Show = Callable[[str, str], None]


@asynccontextmanager
async def shown_logs(folder: Path, show: Show) -> AsyncIterator[None]:
    """While the block runs, every new line of every file in the folder goes to `show(name, line)`."""
    async with asyncio.TaskGroup() as tasks:
        following = tasks.create_task(follow_logs(folder, show))
        try:
            yield
        finally:
            following.cancel()


async def follow_logs(folder: Path, show: Show) -> None:
    """Runs until it is cancelled."""
    places = {file: file.stat().st_size for file in _logs(folder)}
    while True:
        for file in _logs(folder):
            places[file] = _show_new(file, places.get(file, 0), show)
        await asyncio.sleep(INTERVAL)


def _logs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.log"))


def _show_new(file: Path, place: int, show: Show) -> int:
    if file.stat().st_size < place:
        place = 0
    with file.open("rb") as log:
        log.seek(place)
        text = log.read()
    whole, newline, _begun = text.rpartition(b"\n")
    for line in whole.decode("utf-8", errors="replace").splitlines():
        show(file.stem, line)
    return place + len(whole) + len(newline)
