"""A case through the four real steps."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from scribe.arxiv.step import FindPapers
from scribe.common.errors import WorkError
from scribe.common.models import StructuredModel
from scribe.common.models.prompts import load_prompt
from scribe.common.observability.logs import Logger
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import Fact, PipelineData, Research
from scribe.composer.checker import Checker
from scribe.composer.drafting import Writer
from scribe.composer.metadata import FinishedEmail
from scribe.composer.step import Composer
from scribe.evaluation.answering.roles import reading_tokens
from scribe.evaluation.case import Case
from scribe.evaluation.world import NoBrowser, WorldAnswers, WorldSearches
from scribe.parser.step import Parser
from scribe.scraper.reader import Reader
from scribe.scraper.step import Scraper


@dataclass
class EmailInMemory:
    """A store for one e-mail."""

    email: FinishedEmail | None = None
    email_id: UUID = field(default_factory=uuid4)

    async def as_submitted(self, data: PipelineData) -> PipelineData:
        """Nothing is written yet."""
        return data

    async def write(self, data: PipelineData, email: FinishedEmail) -> UUID:  # noqa: ARG002
        """Keep it."""
        self.email = email
        return self.email_id


@dataclass(frozen=True)
class CaseResult:
    """What became of a case: an e-mail, or the sentence that the user would read."""

    case: Case
    email: FinishedEmail | None
    failure: str
    seconds: float


@dataclass(frozen=True)
class CaseSteps:
    """The models of the two writing steps, and a logger. Without a `checker` nobody judges the sentences; without
    a `reader` the parser's model reads the pages.
    """

    parser: StructuredModel
    composer: StructuredModel
    log: Logger
    checker: StructuredModel | None = None
    reader: StructuredModel | None = None

    async def run(self, case: Case) -> CaseResult:
        """The case's e-mail, or why there is none."""
        started, store = time.monotonic(), EmailInMemory()
        failure = ""
        try:
            await self._steps(case, store)
        except WorkError as error:
            failure = error.public
        return CaseResult(case, store.email, failure, time.monotonic() - started)

    async def _steps(self, case: Case, store: EmailInMemory) -> None:
        metrics = Metrics()
        data = await Parser(self.parser, load_prompt("scribe.parser.prompts", "parse"))(_submitted(case))
        reader = Reader(self.reader or self.parser, load_prompt("scribe.scraper.prompts", "read"), reading_tokens())
        scraper = Scraper(WorldAnswers(case.world), NoBrowser(), reader, metrics.grounding, max_pages=0)
        data = _with_facts(await scraper(data), case.world.facts)
        data = await FindPapers(WorldSearches(case.world), patience=0.0, log=self.log)(data)
        checker = Checker(self.checker, load_prompt("scribe.composer.prompts", "check")) if self.checker else None
        writer = Writer(self.composer, load_prompt("scribe.composer.prompts", "compose"), checker)
        await Composer(writer, store, metrics.grounding, time.monotonic)(data)


def _submitted(case: Case) -> PipelineData:
    return PipelineData(
        task_id=uuid4(),
        user_id=uuid4(),
        submitted_at=datetime.now(UTC),
        email_template=case.template,
        recipient_name=case.recipient,
        recipient_interest=case.interest,
        sender_name=case.sender,
    )


def _with_facts(data: PipelineData, statements: tuple[str, ...]) -> PipelineData:
    """Statements put first among the facts, as if the scraper had let them pass."""
    found = data.research or Research()
    extra = tuple(
        Fact(id=f"X{number}", statement=statement, source_ids=()) for number, statement in enumerate(statements, 1)
    )
    return data.model_copy(update={"research": found.model_copy(update={"facts": (*extra, *found.facts)})})
