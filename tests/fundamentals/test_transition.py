"""A transition is one message on a subject of its own: publishing it again changes nothing."""

from datetime import UTC, datetime

import pytest

from scribe.common.errors import UnavailableError
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.publisher import Publisher
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.progress import Progress, State, progress_of
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import pipeline_subject
from tests.support.servers import NatsServer
from tests.support.tasks import make_task


def queued(data: PipelineData, step: Step = Step.PARSER) -> Progress:
    return progress_of(data, State.QUEUED, step, datetime.now(UTC))


async def stored(broker: Broker) -> int:
    return (await broker.js.stream_info("PIPELINE")).state.messages


async def test_publishing_a_transition_again_stores_it_once(broker: Broker) -> None:
    publisher, data = Publisher(broker), make_task()
    for _ in range(3):
        await publisher.transition(data, queued(data))
    assert await stored(broker) == 1


async def test_a_transition_stays_unique_over_a_restart_of_the_server(broker: Broker, nats_server: NatsServer) -> None:
    publisher, data = Publisher(broker), make_task()
    await publisher.transition(data, queued(data))
    await nats_server.kill()
    await nats_server.start()
    await publish_patiently(publisher, data)
    assert await stored(broker) == 1


async def test_another_run_is_another_transition(broker: Broker) -> None:
    publisher, data = Publisher(broker), make_task()
    again = data.model_copy(update={"run": 2})
    await publisher.transition(data, queued(data))
    await publisher.transition(again, queued(again))
    assert await stored(broker) == 2


async def test_a_full_stream_is_never_mistaken_for_a_duplicate(broker: Broker) -> None:
    publisher = Publisher(broker)
    with pytest.raises(UnavailableError, match="maximum bytes"):
        await publish_until_refused(publisher)
    assert 0 < await stored(broker) < 64


async def test_the_projector_reads_everything_it_needs_from_the_headers(broker: Broker) -> None:
    publisher, data = Publisher(broker), make_task()
    await publisher.transition(data, queued(data))
    message = await broker.js.get_last_msg("PIPELINE", str(pipeline_subject(Step.PARSER, data.task_id, 1)))
    assert (message.headers or {})["Scribe-User"] == str(data.user_id)


async def publish_patiently(publisher: Publisher, data: PipelineData) -> None:
    for _ in range(20):
        try:
            return await publisher.transition(data, queued(data))
        except UnavailableError:
            continue
    pytest.fail("the server did not come back")


async def publish_until_refused(publisher: Publisher) -> None:
    for _ in range(64):
        data = make_task(email_template="x" * 400_000)
        await publisher.transition(data, queued(data))
