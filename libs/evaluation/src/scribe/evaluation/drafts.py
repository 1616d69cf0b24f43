"""What the composer's checks say of a draft that is known to be true or false."""

from dataclasses import dataclass

from scribe.arxiv.feed import Record
from scribe.arxiv.latex import readable
from scribe.arxiv.step import MAX_ABSTRACT, MAX_AUTHORS
from scribe.common.tasks.data import Fact, Paper, PipelineData, Research, Source
from scribe.composer.checks import Problem, problems_of
from scribe.composer.draft import Draft
from scribe.composer.material import EmailRequest, Material
from scribe.composer.mechanics import cleaned
from scribe.evaluation.matching import normal
from scribe.evaluation.trial import Falsehood, Trial, TrialDraft

COPY = "copies_a_source"
EXCUSED = {("06", COPY)}
"""Objections that are right and cost nothing: the true draft of 06 copies twelve words of its source."""


@dataclass(frozen=True)
class Judgement:
    """A draft after the checks: the body that they leave, and their objections."""

    trial: Trial
    draft: TrialDraft
    body: str
    problems: tuple[Problem, ...]

    @property
    def objections(self) -> tuple[Problem, ...]:
        """The problems that are held against a true draft."""
        excused = [problem for problem in self.problems if (self.trial.id, problem.check) in EXCUSED]
        return tuple(problem for problem in self.problems if problem not in excused[:1])

    @property
    def passes(self) -> bool:
        """Whether it goes out at the first try, unchanged."""
        return not self.objections and normal(self.body) == normal(self.draft.body)

    def finds(self, falsehood: Falsehood) -> bool:
        """Whether the checks name a false sentence, or it does not survive them."""
        return not _holds(self.body, falsehood.sentence) or any(
            _same(sentence, falsehood.sentence) for problem in self.problems for sentence in problem.sentences
        )

    @property
    def false_alarms(self) -> tuple[str, ...]:
        """Sentences that the checks name and that are not false."""
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
    papers = (_paper(key, records[item.url]) for key, item in sorted(given.items()) if item.paper is not None)
    research = Research(sources=tuple(sources.values()), facts=tuple(facts))
    return data.model_copy(update={"research": research, "papers": tuple(papers)})


def _source(source_id: str, trial: Trial, url: str) -> Source:
    page = trial.pages[url]
    return Source(id=source_id, url=url, title=page.title or "", text=page.text or "")


def _paper(paper_id: str, record: Record) -> Paper:
    return Paper(
        id=paper_id,
        arxiv_id=record.arxiv_id,
        title=readable(record.title),
        authors=record.authors[:MAX_AUTHORS],
        year=record.published.year,
        url=record.url,
        abstract=readable(record.abstract)[:MAX_ABSTRACT],
    )


def judge(trial: Trial, draft: TrialDraft, data: PipelineData) -> Judgement:
    """What the checks say, with the evidence of `data`."""
    material = Material.of(EmailRequest.of(data), data)
    clean = cleaned(Draft.model_validate(draft.model_dump(include={"subject", "body"})), material)
    return Judgement(trial, draft, clean.body, tuple(problems_of(clean, material)))
