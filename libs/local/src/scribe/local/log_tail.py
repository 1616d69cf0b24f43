"""The logs of all processes on the terminal, as they grow."""

import asyncio
from collections.abc import Callable
from pathlib import Path

INTERVAL = 0.2


async def follow_logs(folder: Path, show: Callable[[str, str], None]) -> None:
    """Give every new line of every file in the folder to `show(name, line)`; runs until it is cancelled."""
    places = {file: file.stat().st_size for file in _logs(folder)}
    while True:
        for file in _logs(folder):
            places[file] = _show_new(file, places.get(file, 0), show)
        await asyncio.sleep(INTERVAL)


def _logs(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.log"))


def _show_new(file: Path, place: int, show: Callable[[str, str], None]) -> int:
    if file.stat().st_size < place:
        place = 0
    with file.open("rb") as log:
        log.seek(place)
        text = log.read()
    whole, newline, _begun = text.rpartition(b"\n")
    for line in whole.decode("utf-8", errors="replace").splitlines():
        show(file.stem, line)
    return place + len(whole) + len(newline)
