"""Parser and composer as processes between real NATS, real PostgreSQL and the stand-ins for the models."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from nats.js.errors import NotFoundError

from scribe.common.messaging.broker import Broker
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.fakes.server import Fakes
from tests.support.deadlines import stretched
from tests.support.research import finished, submit
from tests.support.tasks import make_task
from tests.support.waiting import eventually
from tests.support.workers import worker_process
from tests.support.writing import ready_task


@asynccontextmanager
async def writing(
    module: str, nats_url: str, database_url: str, fakes: Fakes, **environment: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """One of the two workers."""
    given = {
        "ANTHROPIC_API_KEY": "key",
        "ANTHROPIC_BASE_URL": fakes.anthropic_url,
        "SCRIBE_DATABASE_URL": database_url,
        "SCRIBE_CONCURRENCY": "2",
        **environment,
    }
    async with worker_process(module, nats_url, **given) as process:
        yield process


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def with_row(database: asyncpg.Connection, data: PipelineData) -> PipelineData:
    """The task, with its user and its row in the queue."""
    await database.execute("INSERT INTO users (id, email) VALUES ($1, $2)", data.user_id, f"{data.user_id}@x.example")
    await database.execute(
        "INSERT INTO queue_items (id, user_id, recipient_name, recipient_interest, email_template) "
        "VALUES ($1, $2, $3, $4, $5)",
        *(data.task_id, data.user_id, data.recipient_name, data.recipient_interest, data.email_template),
    )
    return data


async def headers_of(broker: Broker, stream: str, subject: str, timeout: float = 60.0) -> dict[str, str]:
    """The headers of a message, once it is there."""
    found: dict[str, str] = {}

    async def is_there() -> bool:
        try:
            found.update((await broker.js.get_last_msg(stream, subject)).headers or {"": ""})
        except NotFoundError:
            return False
        return True

    await eventually(is_there, timeout=timeout)
    return found


async def emails_of(database: asyncpg.Connection, data: PipelineData) -> int:
    count: int = await database.fetchval("SELECT count(*) FROM emails WHERE user_id = $1", data.user_id)
    return count


async def counted_for(database: asyncpg.Connection, data: PipelineData) -> int:
    count: int = await database.fetchval("SELECT generation_count FROM users WHERE id = $1", data.user_id)
    return count


async def test_the_parser_hands_on_what_the_template_needs(
    broker: Broker, nats_url: str, database_url: str, fakes: Fakes
) -> None:
    data = make_task()
    async with writing("scribe.parser", nats_url, database_url, fakes) as process:
        await submit(broker, data, Step.PARSER)
        result = await finished(broker, data, Step.SCRAPER)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), stretched(20)) == 0
    assert result.parsed is not None
    assert [placeholder.text for placeholder in result.parsed.placeholders] == ["{{name}}", "{{topic}}", "{{my_name}}"]
    assert result.usage[Step.PARSER].cost_usd
    assert result.step_timings[Step.PARSER] > 0


async def test_the_composer_writes_one_email_and_tells_of_its_end(
    broker: Broker, nats_url: str, database_url: str, fakes: Fakes, database: asyncpg.Connection
) -> None:
    data = await with_row(database, ready_task())
    async with writing("scribe.composer", nats_url, database_url, fakes):
        await submit(broker, data, Step.COMPOSER)
        headers = await headers_of(broker, "PIPELINE", f"pipeline.done.{data.task_id}.1")
    row = await database.fetchrow("SELECT * FROM emails WHERE task_id = $1", data.task_id)
    assert row is not None
    assert headers["Scribe-Email-Id"] == str(row["id"])
    assert row["email_message"].startswith("Dear Prof. Adrian Del Maestro,")
    assert json.loads(row["metadata"])["claims"]
    assert await counted_for(database, data) == 1


async def test_a_message_that_is_not_of_the_users_task_is_a_dead_letter_and_touches_nobody(
    broker: Broker, nats_url: str, database_url: str, fakes: Fakes, database: asyncpg.Connection
) -> None:
    data, other = await with_row(database, ready_task()), await with_row(database, ready_task())
    forged = data.model_copy(update={"user_id": other.user_id})
    async with writing("scribe.composer", nats_url, database_url, fakes):
        await submit(broker, forged, Step.COMPOSER)
        dead = await headers_of(broker, "DEADLETTER", f"deadletter.composer.{data.task_id}")
    assert dead["Scribe-Error-Class"] == "UnreadableMessageError"
    with pytest.raises(NotFoundError):
        await broker.js.get_last_msg("EVENTS", f"events.*.{data.task_id}.failed")
    assert await emails_of(database, data) + await emails_of(database, other) == 0
    assert fakes.controls.calls_to("/anthropic") == []


@pytest.mark.parametrize(("behaviour", "checks"), [("rubbish", 0), ("foreign", 1)])
async def test_a_model_that_gives_rubbish_three_times_fails_the_item_with_nothing_half_written(
    broker: Broker,
    nats_url: str,
    database_url: str,
    fakes: Fakes,
    database: asyncpg.Connection,
    behaviour: str,
    checks: int,
) -> None:
    fakes.controls.add(path="/anthropic", behaviour=behaviour)
    data = await with_row(database, ready_task())
    async with writing("scribe.composer", nats_url, database_url, fakes):
        await submit(broker, data, Step.COMPOSER)
        dead = await headers_of(broker, "DEADLETTER", f"deadletter.composer.{data.task_id}")
        failed = await headers_of(broker, "EVENTS", f"events.{data.user_id}.{data.task_id}.failed")
    assert dead["Scribe-Attempts"] == "1", "what no attempt can mend is not attempted again"
    assert json.loads(failed["Scribe-Error"]).endswith("You can try it again.")
    assert len(fakes.controls.calls_to("/anthropic")) == 3 + checks, "what was judged once is not judged again"
    assert await emails_of(database, data) == 0
    assert await counted_for(database, data) == 0


async def test_a_rate_limit_holds_the_work_and_spends_no_attempt(
    broker: Broker, nats_url: str, database_url: str, fakes: Fakes, database: asyncpg.Connection
) -> None:
    fakes.controls.add(path="/anthropic", status=429, retry_after="1", times=6)
    data = await with_row(database, ready_task())
    async with writing("scribe.composer", nats_url, database_url, fakes):
        await submit(broker, data, Step.COMPOSER)
        await headers_of(broker, "PIPELINE", f"pipeline.done.{data.task_id}.1")
    assert await emails_of(database, data) == 1
    with pytest.raises(NotFoundError):
        await broker.js.get_last_msg("EVENTS", f"events.{data.user_id}.{data.task_id}.retrying")


async def test_a_redelivery_does_not_pay_again_for_what_was_answered(
    broker: Broker, nats_url: str, database_url: str, fakes: Fakes, database: asyncpg.Connection
) -> None:
    fakes.controls.add(path="/anthropic", behaviour="inventive", times=1)
    fakes.controls.add(path="/anthropic", status=500, times=2)
    data = await with_row(database, ready_task())
    async with writing("scribe.composer", nats_url, database_url, fakes):
        await submit(broker, data, Step.COMPOSER)
        await headers_of(broker, "PIPELINE", f"pipeline.done.{data.task_id}.1")
    answers = [call.status for call in fakes.controls.calls_to("/anthropic")]
    assert answers == [200, 500, 500, 200, 200], "draft, two faults of the checker, its verdicts, the second draft"
    assert await emails_of(database, data) == 1


async def test_a_key_that_is_missing_is_one_sentence_and_exit_code_2(
    broker: Broker, nats_url: str, database_url: str, fakes: Fakes
) -> None:
    del broker
    async with writing("scribe.parser", nats_url, database_url, fakes, ANTHROPIC_API_KEY="") as process:
        assert await asyncio.wait_for(process.wait(), stretched(30)) == 2
