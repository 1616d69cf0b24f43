"""Settlement: every delivery is settled exactly once, after everything that others must know is stored."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import nats.errors
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import PubAck

from scribe.common.errors import (
    CancelledTaskError,
    DeferredError,
    PermanentError,
    TransientError,
    UnavailableError,
    UnreadableMessageError,
)
from scribe.common.messaging.broker import Broker
from scribe.common.messaging.delivery import Delivery
from scribe.common.messaging.publisher import Publisher
from scribe.common.tasks.data import TemplateType
from scribe.common.tasks.progress import State
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.common.tasks.subject import Subject, pipeline_subject
from scribe.common.worker.outcomes import (
    Cancelled,
    Deferred,
    Failed,
    Finished,
    Outcome,
    Postpone,
    Released,
    Retry,
    Unreadable,
)
from scribe.common.worker.settlement import MAX_ATTEMPTS, MAX_NAK, decide, settle
from tests.support.tasks import make_task, parsed

TASK = make_task(parsed=parsed(TemplateType.RESEARCH))
OUTCOMES: list[Outcome] = [
    Finished(TASK),
    Retry(TASK, TransientError("later"), 2.0),
    Postpone(TASK, TransientError("much later", retry_after=300), 300.0),
    Failed(TASK, PermanentError("never")),
    Cancelled(TASK),
    Released(TASK, UnavailableError("NATS is away")),
    Deferred(TASK, DeferredError("being fetched", retry_after=5.0, position=3)),
    Unreadable(UnreadableMessageError("no schema")),
]


class Journal(JetStreamContext):
    """What the server would have been told, in order; the first `failures` requests are not answered."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.told: list[str] = []

    def store(self, what: str) -> None:
        """Note a request, or fail as where no server is."""
        if self.failures > 0:
            self.failures -= 1
            raise nats.errors.TimeoutError
        self.told.append(what)

    async def publish(self, subject: str, *_: object, **__: object) -> PubAck:
        self.store(Subject.parse(subject).destination)
        return PubAck("stream", 1)


@dataclass
class RecordedMessage(Msg):
    """A message that writes its settlements into the journal."""

    journal: Journal | None = None

    async def ack(self) -> None:
        assert self.journal is not None
        self.journal.told.append("settled ack")

    async def ack_sync(self, timeout: float = 1.0) -> Msg:  # noqa: ARG002 - as the method it stands for
        assert self.journal is not None
        self.journal.store("settled ack")
        return self

    async def nak(self, delay: float | None = None) -> None:
        assert self.journal is not None
        self.journal.told.append(f"settled nak {delay}")

    async def term(self) -> None:
        assert self.journal is not None
        self.journal.told.append("settled term")


def settled(outcome: Outcome, step: Step, failures: int = 0) -> list[str]:
    """Settle as the runner does, again after every absence; gives what the server was told."""
    journal = Journal(failures)
    subject = pipeline_subject(Step.PARSER, TASK.task_id, 1)
    message = RecordedMessage(Client(), journal=journal)
    delivery = Delivery(message, subject, b"{}", {}, attempt=1, stored_at=datetime.now(UTC))

    async def hold() -> None:
        while True:
            try:
                await settle(outcome, step, delivery, Publisher(Broker(client=Client(), js=journal, api="")))
            except UnavailableError:
                continue
            return

    asyncio.run(hold())
    return journal.told


@given(st.sampled_from(OUTCOMES), st.sampled_from(tuple(ROUTE)), st.integers(min_value=0, max_value=8))
def test_every_outcome_settles_exactly_once_and_last_however_often_the_broker_is_away(
    outcome: Outcome, step: Step, failures: int
) -> None:
    told = settled(outcome, step, failures)
    assert [entry.startswith("settled") for entry in told].count(True) == 1
    assert told[-1].startswith("settled")


errors = st.one_of(
    st.builds(TransientError, st.just("busy"), retry_after=st.none() | st.floats(min_value=0, max_value=1e6)),
    st.builds(PermanentError, st.just("never")),
    st.builds(UnavailableError, st.just("away")),
    st.builds(CancelledTaskError, st.just("cancelled")),
    st.builds(
        DeferredError, st.just("being fetched"), retry_after=st.floats(min_value=0, max_value=1e6), position=st.just(1)
    ),
    st.builds(ValueError, st.just("a bug")),
)


@given(errors, st.integers(min_value=1, max_value=20), st.floats(min_value=0, max_value=1))
def test_decision_follows_the_class_of_the_error_and_the_attempt(
    error: Exception, attempt: int, fraction: float
) -> None:
    outcome = decide(TASK, attempt, error, lambda low, high: low + fraction * (high - low))
    match error:
        case CancelledTaskError():
            assert isinstance(outcome, Cancelled)
        case UnavailableError():
            assert isinstance(outcome, Released)
        case DeferredError():
            assert isinstance(outcome, Deferred)
        case PermanentError():
            assert isinstance(outcome, Failed)
        case _ if attempt >= MAX_ATTEMPTS:
            assert isinstance(outcome, Failed)
        case TransientError(retry_after=float(asked)) if asked > MAX_NAK:
            assert isinstance(outcome, Postpone)
        case TransientError(retry_after=float(asked)):
            assert isinstance(outcome, Retry)
            assert outcome.delay >= asked
        case _:
            assert isinstance(outcome, Retry)
            assert outcome.delay <= MAX_NAK


def test_finished_research_goes_to_arxiv_and_everything_else_past_it() -> None:
    assert settled(Finished(TASK), Step.SCRAPER) == ["pipeline.arxiv", "settled ack"]
    for kind in (TemplateType.BOOK, TemplateType.GENERAL):
        assert settled(Finished(make_task(parsed=parsed(kind))), Step.SCRAPER)[0] == "pipeline.composer"
    assert settled(Finished(TASK), Step.COMPOSER) == ["pipeline.done", "settled ack"]


def test_failure_is_kept_as_a_dead_letter_before_anybody_hears_of_it() -> None:
    told = settled(Failed(TASK, PermanentError("never")), Step.PARSER)
    assert told == ["deadletter.parser", f"events.{State.FAILED}", "settled term"]
