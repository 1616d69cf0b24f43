"""A step inserted into the route: tasks go through it, also those that were under way before it was there."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData, TemplateType
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.worker.middleware import StepFunction
from tests.support.deliveries import working
from tests.support.gateway import gateway_settings, serving_gateway
from tests.support.issuer import Issuer
from tests.support.pipeline import Workers
from tests.support.servers import NatsServer, running_nats
from tests.support.tasks import parsed
from tests.support.waiting import eventually

REVIEWER = Step("reviewer", "fact_reviewer", 2, "review the facts", concurrency=2, skipped_for=(TemplateType.BOOK,))
AFTER = (
    Step("arxiv", "arxiv_helper", 3, "find papers", skipped_for=Step.ARXIV.skipped_for),
    Step("composer", "email_composer", 4, "write the e-mail"),
)
FIVE = Route((Step.PARSER, Step.SCRAPER, REVIEWER, *AFTER))


@pytest.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[NatsServer]:
    """A nats-server that knows the user of the new step too."""
    async with running_nats(tmp_path / "nats", FIVE) as server:
        yield server


@asynccontextmanager
async def all_working(
    route: Route, steps: Iterable[Step], broker: Broker, workers: Workers, kind: TemplateType
) -> AsyncIterator[list[str]]:
    """A worker for each of these steps; gives their names in the order in which they worked."""
    worked: list[str] = []

    def doing(step: Step) -> StepFunction:
        async def work(data: PipelineData) -> PipelineData:
            worked.append(step)
            data = data.model_copy(update={"parsed": parsed(kind)})
            if step == route.last:
                data = data.model_copy(update={"email_id": await workers.write_email(data)})
            return data

        return work

    async with AsyncExitStack() as stack:
        for step in steps:
            await stack.enter_async_context(working(broker, doing(step), step=step, route=route))
        yield worked


@pytest.mark.parametrize(
    ("kind", "skipped"),
    [(TemplateType.RESEARCH, set()), (TemplateType.BOOK, {"reviewer", "arxiv"}), (TemplateType.GENERAL, {"arxiv"})],
)
async def test_a_fifth_step_is_worked_on_skipped_and_shown_like_the_others(
    kind: TemplateType,
    skipped: set[str],
    database_url: str,
    nats_url: str,
    issuer: Issuer,
    broker: Broker,
    workers: Workers,
) -> None:
    async with (
        serving_gateway(gateway_settings(database_url, nats_url, issuer), issuer, route=FIVE) as gateway,
        gateway.user() as user,
        all_working(FIVE, FIVE, broker, workers, kind) as worked,
    ):
        task_id = await user.generate()
        await eventually(partial(user.is_in, task_id, "SUCCESS"))
        (item,) = await user.items()
        assert worked == [step for step in FIVE if step not in skipped]
        assert item["skipped_steps"] == [FIVE.wire_name(step) for step in FIVE if step in skipped]
        assert isinstance(item["step_timings"], dict)
        assert set(item["step_timings"]) == {step.wire_name for step in FIVE}


async def test_a_task_that_was_under_way_ends_in_the_longer_route(
    database_url: str, nats_url: str, issuer: Issuer, broker: Broker, workers: Workers
) -> None:
    settings = gateway_settings(database_url, nats_url, issuer)
    async with (
        serving_gateway(settings, issuer) as gateway,
        gateway.user() as user,
        all_working(ROUTE, (Step.PARSER, Step.SCRAPER), broker, workers, TemplateType.RESEARCH),
    ):
        task_id = await user.generate()
        await eventually(partial(workers.is_waiting, Step.ARXIV, task_id))
    async with (
        serving_gateway(settings, issuer, route=FIVE) as gateway,
        gateway.user(user.id) as user,
        all_working(FIVE, FIVE, broker, workers, TemplateType.RESEARCH) as worked,
    ):
        await eventually(partial(user.is_in, task_id, "SUCCESS"))
        assert worked == ["arxiv", "composer"], "it had gone past the new step's place"
