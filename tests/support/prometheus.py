"""A Prometheus of a test's own, which scrapes every second and evaluates the shipped rules."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import yaml

from scribe.local.ports import free_port
from tests.support.requirements import require_program
from tests.support.waiting import eventually

INTERVAL = "1s"


@dataclass(frozen=True)
class Prometheus:
    """A running server."""

    client: httpx.AsyncClient

    async def ask(self, expression: str) -> list[tuple[dict[str, str], str]]:
        """The labels and the value of each sample that an expression gives now.

        Raises:
            AssertionError: it is no PromQL.
        """
        response = await self.client.get("/api/v1/query", params={"query": expression})
        answer = response.json()
        assert answer["status"] == "success", f"{expression}: {answer.get('error')}"
        result = answer["data"]["result"]
        if answer["data"]["resultType"] == "scalar":
            return [({}, result[1])]
        return [(sample["metric"], sample["value"][1]) for sample in result]

    async def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            return (await self.client.get("/-/ready")).is_success
        except httpx.TransportError:
            return False


@asynccontextmanager
async def prometheus(folder: Path, targets: Mapping[str, str], rules: Sequence[Path]) -> AsyncIterator[Prometheus]:
    """A server that scrapes the `targets` (a name and a URL for each process)."""
    program, port = require_program("prometheus"), free_port()
    configuration = {
        "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": [str(path) for path in rules],
        "scrape_configs": [
            {"job_name": name, "static_configs": [{"targets": [urlsplit(url).netloc]}]} for name, url in targets.items()
        ],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    )
    try:
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, timeout=10, trust_env=False) as client:
            server = Prometheus(client)
            await eventually(server.is_ready, timeout=30)
            yield server
    finally:
        process.kill()
        await process.wait()
