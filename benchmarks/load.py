"""An HTTP client that costs little beside what it measures, and the arithmetic of what it measured."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Status, headers (lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body, read."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Connection:
    """One kept-alive connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    host: str

    async def request(self, method: str, path: str, headers: Mapping[str, str], body: object = None) -> Answer:
        """Send a request and read its answer."""
        await self.send(method, path, headers, body)
        status, found = await self.head()
        length = int(found.get("content-length", "0"))
        return Answer(status, found, await self.reader.readexactly(length))

    async def send(self, method: str, path: str, headers: Mapping[str, str], body: object = None) -> None:
        """Send a request."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", f"Content-Length: {len(content)}"]
        lines += ["Content-Type: application/json", *(f"{name}: {value}" for name, value in headers.items())]
        self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        await self.writer.drain()

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read a status and headers."""
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.split(":", 1) for line in lines[1:] if line)
        return int(lines[0].split()[1]), {name.lower(): value.strip() for name, value in pairs}


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Connection]:
    """A connection to a port of this machine."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Connection(reader, writer, f"127.0.0.1:{port}")
    finally:
        writer.close()


async def rate(call: Callable[[int], Awaitable[None]], clients: int, seconds: float) -> float:
    """Calls a second of `clients` that each call again as soon as they were answered."""
    end, count = time.perf_counter() + seconds, 0

    async def run(number: int) -> None:
        nonlocal count
        while time.perf_counter() < end:
            await call(number)
            count += 1

    start = time.perf_counter()
    await asyncio.gather(*(run(number) for number in range(clients)))
    return count / (time.perf_counter() - start)


async def latencies(call: Callable[[int], Awaitable[None]], clients: int, per_second: float, count: int) -> list[float]:
    """Seconds of each of `count` calls that begin at a fixed rate, whatever became of those before."""
    waiting: asyncio.Queue[float] = asyncio.Queue()
    found: list[float] = []

    async def run(number: int) -> None:
        while True:
            due = await waiting.get()
            await call(number)
            found.append(time.perf_counter() - due)
            waiting.task_done()

    start = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(run(number)) for number in range(clients)]
        for n in range(count):
            due = start + n / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            waiting.put_nowait(due)
        await waiting.join()
        for task in running:
            task.cancel()
    return found


def percentile(values: list[float], per_cent: float) -> float:
    """The value below which so many per cent lie."""
    return sorted(values)[min(len(values) - 1, int(len(values) * per_cent / 100))]


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def resident(pid: int) -> float:
    """Memory of a process, MiB (Linux)."""
    (line,) = (row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def family(root: int) -> set[int]:
    """A process and all its descendants (Linux)."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    found, wave = {root}, {root}
    while wave:
        wave = {pid for pid, parent in parents.items() if parent in wave} - found
        found |= wave
    return found


def family_pss_mib(pids: set[int]) -> float:
    """Memory of processes, what they share counted once (PSS), MiB."""
    return sum(map(_pss_kib, pids)) / 1024


def _pss_kib(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def family_cpu_seconds(pids: set[int]) -> float:
    """CPU time so far of processes, and of those children of theirs that have ended."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15]))
    return total / 100
