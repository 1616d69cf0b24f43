"""What the composer's judgement says of a draft that is known to be true or false."""

import time
from dataclasses import dataclass

from scribe.arxiv.latex import readable
from scribe.arxiv.records import Record
from scribe.arxiv.step import MAX_ABSTRACT, MAX_SHOWN_AUTHORS
from scribe.common.errors import PermanentError
from scribe.common.models import StructuredModel
from scribe.common.models.prompts import load_prompt
from scribe.common.observability.metrics import Metrics
from scribe.common.tasks.data import Fact, Paper, PipelineData, Research, Source
from scribe.composer.checker import Checker
from scribe.composer.checks import DraftProblem
from scribe.composer.cleaning import cleaned
from scribe.composer.draft import Draft
from scribe.composer.drafting import Writer
from scribe.composer.judging import judge
from scribe.composer.material import EmailRequest, Material
from scribe.composer.metadata import FinishedEmail
from scribe.composer.step import Composer
from scribe.evaluation.case_run import EmailInMemory
from scribe.evaluation.matching import normal
from scribe.evaluation.trial import Citation, Falsehood, Trial, TrialDraft

COPY = "copies_a_source"
EXCUSED = {("06", COPY)}
"""Objections that are right and cost nothing: the true draft of 06 copies twelve words of its source."""


@dataclass(frozen=True)
class DraftResult:
    """A draft after the composer's judgement: the body that is left, and the objections.

    `is_confident` tells of the e-mail that would be sent if the writer did not mend what it is told; it is False where
    none would be.
    """

    trial: Trial
    draft: TrialDraft
    body: str
    problems: tuple[DraftProblem, ...]
    is_confident: bool = False

    @property
    def objections(self) -> tuple[DraftProblem, ...]:
        """The problems that are held against a true draft."""
        excused = [problem for problem in self.problems if (self.trial.id, problem.check) in EXCUSED]
        return tuple(problem for problem in self.problems if problem not in excused[:1])

    @property
    def passes(self) -> bool:
        """Whether it goes out at the first try, unchanged."""
        return not self.objections and normal(self.body) == normal(self.draft.body)

    def finds(self, falsehood: Falsehood) -> bool:
        """Whether a false sentence is named, or does not survive."""
        return not _holds(self.body, falsehood.sentence) or any(
            _same(sentence, falsehood.sentence) for problem in self.problems for sentence in problem.sentences
        )

    @property
    def false_alarms(self) -> tuple[str, ...]:
        """Sentences that are named and not false."""
        named = dict.fromkeys(sentence for problem in self.problems for sentence in problem.sentences)
        false = [falsehood.sentence for falsehood in self.trial.falsehoods]
        return tuple(sentence for sentence in named if not any(_same(sentence, other) for other in false))


def _same(sentence: str, other: str) -> bool:
    return _holds(sentence, other) or _holds(other, sentence)


def _holds(text: str, sentence: str) -> bool:
    return normal(sentence) in normal(text)


def evidence_of(trial: Trial, data: PipelineData) -> PipelineData:
    """The task with what both drafts were written from: their facts, and their papers with the feeds' abstracts.

    The facts are those of the drafts' `sources`, not the reader's, and the papers are not those of today's ranking, so
    that what the checker is asked depends on nothing that other models or steps say.
    """
    given = {key: item for draft in (trial.honest, trial.false) for key, item in draft.sources.items()}
    urls = dict.fromkeys(item.url for item in given.values() if item.fact is not None)
    sources = {url: _source(f"S{number}", trial, url) for number, url in enumerate(urls, 1)}
    facts = (
        Fact(id=key, statement=item.fact, source_ids=(sources[item.url].id,), quotes={sources[item.url].id: item.fact})
        for key, item in sorted(given.items())
        if item.fact is not None
    )
    records = {record.url: record for record in trial.records}
    papers = (
        _paper(key, records[item.url])
        for key, item in sorted(given.items())
        if item.paper is not None and item.url in records
    )
    research = Research(sources=tuple(sources.values()), facts=tuple(facts))
    return data.model_copy(update={"research": research, "papers": tuple(papers)})


def _source(source_id: str, trial: Trial, url: str) -> Source:
    page = trial.pages.get(url, Citation(url=url))
    return Source(id=source_id, url=url, title=page.title or "", text=page.text or "")


def _paper(paper_id: str, record: Record) -> Paper:
    return Paper(
        id=paper_id,
        arxiv_id=record.arxiv_id,
        title=readable(record.title),
        authors=record.authors[:MAX_SHOWN_AUTHORS],
        year=record.published.year,
        url=record.url,
        abstract=readable(record.abstract)[:MAX_ABSTRACT],
    )


def checker_of(model: StructuredModel) -> Checker:
    """The composer's checker, with its prompt."""
    return Checker(model, load_prompt("scribe.composer.prompts", "check"))


async def judge_draft(trial: Trial, draft: TrialDraft, data: PipelineData, model: StructuredModel) -> DraftResult:
    """What the judgement says of the draft at the first try, with the evidence of `data` and `model` as the checker."""
    material = Material.of(EmailRequest.of(data), data)
    clean = cleaned(Draft.model_validate(draft.answer), material)
    judgement = await judge(clean, material, checker_of(model))
    return DraftResult(trial, draft, judgement.draft.body, judgement.problems)


async def compose(data: PipelineData, writer: StructuredModel, checker: StructuredModel) -> FinishedEmail | None:
    """The e-mail that the composer makes of what these models answer; None where it makes none."""
    store = EmailInMemory()
    loop = Writer(writer, load_prompt("scribe.composer.prompts", "compose"), checker_of(checker))
    try:
        await Composer(loop, store, Metrics().grounding, time.monotonic)(data)
    except PermanentError:
        return None
    return store.email
