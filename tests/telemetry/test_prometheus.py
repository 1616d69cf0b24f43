"""Every expression of every dashboard and alert returns data: a real Prometheus scrapes a platform under load."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from scribe.dashboards.__main__ import ALERTS, RULE_FILES
from scribe.dashboards.boards import BOARDS
from scribe.dashboards.rules import Alert
from scribe.local.gateway import Gateway
from tests.support.prometheus import Prometheus, prometheus
from tests.support.waiting import eventually
from tests.telemetry.conftest import TEMPLATE, Live

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.xdist_group("telemetry-live")]

ROOT = Path(__file__).parents[2]
VARIABLES = {"$__rate_interval": "10s", "$namespace": ".*", "$step": ".*"}
OUTSIDE = "kube_job_status_failed"
"""Of kube-state-metrics, which no platform on one machine has."""
STREAMS_PER_USER = 6
PEOPLE = ("Adrian Del Maestro", "Miriam Okafor", "Jonas Lindqvist", "Nobody Atall")


def with_values(expression: str) -> str:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def expressions() -> Iterator[tuple[str, str]]:
    """Where each expression stands, and what it is; of alerts the values that they compare."""
    for board in BOARDS:
        for panel in board.panels():
            for query in panel.queries:
                yield f"{board.uid}: {panel.title}", with_values(query.expression)
    for groups in RULE_FILES.values():
        for rule in (rule for group in groups for rule in group.rules):
            if isinstance(rule, Alert):
                yield from ((rule.name, c.value) for c in rule.conditions if OUTSIDE not in c.value)


@asynccontextmanager
async def load(live: Live) -> AsyncIterator[None]:
    """Users who submit, poll and listen, and fakes that are not always well, while the block runs.

    Nothing of it is left to the next test: neither an e-mail under way nor a fault that met nobody.
    """
    ending = asyncio.Event()

    async def listen(listener: Gateway) -> None:
        """One of them is over the user's limit, again and again."""
        while True:
            async with listener.client.stream("GET", "/api/queue/events") as response:
                async for _line in response.aiter_lines():
                    pass
            await asyncio.sleep(0.5)

    async def work(number: int) -> None:
        while not ending.is_set():
            task_id = await live.gateway.submit(TEMPLATE, PEOPLE[number % len(PEOPLE)], f"topic {number}")
            await live.gateway.client.get("/api/queue/")
            await live.ended(task_id)

    await live.play("/anthropic", behaviour="inventive", times=4)
    await live.play("/exa", status=500, times=2)
    async with live.user("listener@example.org") as listener, asyncio.TaskGroup() as tasks:
        listening = [tasks.create_task(listen(listener)) for _ in range(STREAMS_PER_USER + 1)]
        for number in range(3):
            tasks.create_task(work(number))
        try:
            yield
        finally:
            ending.set()
            for task in listening:
                task.cancel()
    await live.reset()


async def without_data(server: Prometheus) -> list[str]:
    return [f"{place}: {expression}" for place, expression in expressions() if not await server.ask(expression)]


async def test_every_expression_of_every_dashboard_and_alert_returns_data(live: Live, tmp_path: Path) -> None:
    rules = [ROOT / ALERTS / name for name in RULE_FILES]
    missing: list[str] = []
    await live.give_up_dead_letters()

    async def all_there() -> bool:
        missing[:] = await without_data(server)
        return not missing

    async with prometheus(tmp_path, live.platform.state.service_urls, rules) as server, load(live):
        try:
            await eventually(all_there, timeout=75)
        except AssertionError:
            pytest.fail("no data for:\n" + "\n".join(missing))
        firing = await server.ask('ALERTS{alertstate="firing"}')
    assert firing == [], "a platform that works fires nothing"
