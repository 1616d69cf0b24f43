"""The workers' part, played by a test: it takes messages, tells of progress, and writes e-mails."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import asyncpg
from nats.js.errors import NotFoundError

from scribe.common.messaging.broker import Broker
from scribe.common.messaging.publisher import ATTEMPTS, ERROR_CLASS, ORIGINAL_SUBJECT, REASON, Publisher
from scribe.common.tasks.data import ParsedTemplate, PipelineData, TemplateType, decode, encode
from scribe.common.tasks.progress import Progress, State, progress_of
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import pipeline_subject
from tests.support.waiting import eventually

METADATA = {"generation_time": 4.5, "search_terms": ["a"], "sources": []}


@dataclass(frozen=True)
class Workers:
    """Messages are looked up by their subject, so that a test says exactly which step does what, and when."""

    broker: Broker
    publisher: Publisher
    database_url: str

    @property
    def is_connected(self) -> bool:
        """Whether NATS is there."""
        return self.broker.is_connected

    async def waiting(self, step: Step, task_id: UUID | str, run: int = 1) -> PipelineData:
        """The message that waits for a step."""
        message = await self.broker.js.get_last_msg("PIPELINE", f"pipeline.{step}.{task_id}.{run}")
        return decode(message.data or b"")

    async def is_waiting(self, step: Step, task_id: UUID | str, run: int = 1) -> bool:
        """Whether a message for a step is in the stream."""
        try:
            await self.waiting(step, task_id, run)
        except NotFoundError:
            return False
        return True

    async def postpone(self, data: PipelineData, step: Step, *, seconds: float, error: str | None = None) -> None:
        """A step's attempt that wants to be made again later."""
        await self.tell(data, State.RETRYING, step, delay=seconds, error=error)

    async def tell(self, data: PipelineData, state: State, step: Step, **changes: object) -> Progress:
        """Publish an event."""
        progress = progress_of(data, state, step, datetime.now(UTC), attempt=1)
        progress = Progress(**{**vars(progress), **changes})
        await self.publisher.event(progress)
        return progress

    async def finish(self, data: PipelineData, step: Step) -> PipelineData:
        """Do a step's work; gives what the next one gets."""
        parsed = ParsedTemplate(template_type=TemplateType.RESEARCH, search_terms=("a",))
        timings = {**data.step_timings, step: 1.25}
        data = data.model_copy(update={"parsed": data.parsed or parsed, "step_timings": timings})
        if step == Step.COMPOSER:
            data = data.model_copy(update={"email_id": await self.write_email(data)})
        following, data = ROUTE.advance(step, data)
        state = State.DONE if following == Step.DONE else State.QUEUED
        await self.publisher.transition(data, progress_of(data, state, following, datetime.now(UTC)))
        return data

    async def finish_all(self, task_id: UUID | str, run: int = 1) -> PipelineData:
        """All four steps, as soon as the relay has published the task."""
        await eventually(partial(self.is_waiting, Step.PARSER, task_id, run))
        data = await self.waiting(Step.PARSER, task_id, run)
        for step in (Step.PARSER, Step.SCRAPER, Step.ARXIV, Step.COMPOSER):
            data = await self.finish(data, step)
        return data

    async def dead_letter(self, data: PipelineData, step: Step) -> None:
        """What a step leaves that has given a task up."""
        headers = progress_of(data, State.QUEUED, step, datetime.now(UTC)).headers()
        subject = pipeline_subject(step, data.task_id, data.run)
        why = {REASON: "gave up", ERROR_CLASS: "TransientError", ATTEMPTS: "5", ORIGINAL_SUBJECT: str(subject)}
        await self.publisher.dead_letter(step, data.task_id, encode(data), headers, why)

    async def write_unless_cancelled(self, data: PipelineData) -> bool:
        """The composer's whole transaction: the row is locked, and the e-mail written where it is still wanted."""
        async with connected(self.database_url) as connection, connection.transaction():
            lock = "SELECT cancelled_at FROM queue_items WHERE id = $1 FOR UPDATE"
            if await connection.fetchval(lock, data.task_id) is not None:
                return False
            await _insert_email(connection, data)
        return True

    async def write_email(self, data: PipelineData) -> UUID:
        """An e-mail for a task."""
        async with connected(self.database_url) as connection:
            return await _insert_email(connection, data)


async def _insert_email(connection: asyncpg.Connection, data: PipelineData) -> UUID:
    written: UUID = await connection.fetchval(
        "INSERT INTO emails (task_id, user_id, recipient_name, recipient_interest, email_message, template_type,"
        " metadata, is_confident) VALUES ($1, $2, $3, $4, $5, 'research', $6, true) RETURNING id",
        *(data.task_id, data.user_id, data.recipient_name, data.recipient_interest),
        f"Dear {data.recipient_name}, …",
        json.dumps(METADATA),
    )
    return written


def workers_of(broker: Broker, database_url: str) -> Workers:
    """Workers on a connection of their own."""
    return Workers(broker, Publisher(broker), database_url)


@asynccontextmanager
async def connected(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the owner of the tables."""
    connection = await asyncpg.connect(database_url)
    try:
        yield connection
    finally:
        await connection.close()


async def published(broker: Broker) -> list[str]:
    """The ids of all tasks whose first message is in the stream, in its order."""
    state = (await broker.js.stream_info("PIPELINE")).state
    numbers = range(state.first_seq, state.last_seq + 1) if state.messages else ()
    subjects = [(await broker.js.get_msg("PIPELINE", number)).subject or "" for number in numbers]
    return [subject.split(".")[2] for subject in subjects if subject.startswith("pipeline.parser.")]


async def has_published(broker: Broker, count: int) -> bool:
    """Whether the first messages of so many tasks are in the stream."""
    return len(await published(broker)) == count
