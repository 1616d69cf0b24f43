"""What an e-mail may be made of: the template, the recipient, the sender's name, facts and papers. Nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from scribe.common.errors import PermanentError
from scribe.common.tasks.data import Fact, Paper, PipelineData, Placeholder, Research, Source, TemplateType
from scribe.common.text.injection import (
    before_instructions,
    interest_in,
    reads_like_an_instruction,
    without_lines_at_a_model,
)
from scribe.common.text.language import language_of
from scribe.common.text.placeholders import find_gaps
from scribe.common.text.sentences import split_sentences
from scribe.common.text.submitted import recipient_name
from scribe.composer.evidence import INTEREST, TEMPLATE, Evidence, evidence_of_fact, evidence_of_paper


@dataclass(frozen=True)
class EmailRequest:
    """What the sender has submitted."""

    template: str
    recipient_name: str
    recipient_interest: str
    sender_name: str | None = None

    @classmethod
    def of(cls, data: PipelineData) -> "EmailRequest":
        """The request in the data of a task."""
        return cls(data.email_template, data.recipient_name, data.recipient_interest, data.sender_name)


@dataclass(frozen=True)
class Material:
    """The material of one e-mail. Facts and papers that read like instructions are already left out."""

    template: str
    template_type: TemplateType
    name: str
    interest: str
    sender_name: str | None
    tone: str
    placeholders: tuple[Placeholder, ...]
    facts: tuple[Fact, ...]
    papers: tuple[Paper, ...]
    sources: tuple[Source, ...]
    left_out: int

    @classmethod
    def of(cls, request: EmailRequest, data: PipelineData) -> "Material":
        """The material: what the sender submitted, and of `data` only what the earlier steps have found.

        Raises:
            PermanentError: the parser's part is missing, or the recipient's name has no letters.
        """
        if data.parsed is None:
            raise PermanentError("a task reached the composer without the parser's part")
        research, papers = data.research or Research(), data.papers or ()
        facts = tuple(filter(_states_something, research.facts))
        kept_papers = tuple(p for p in papers if not reads_like_an_instruction(f"{p.title}\n{p.abstract}"))
        given = request.template.replace("\r\n", "\n")
        template = without_lines_at_a_model(given).strip()
        left_out = len(research.facts) + len(papers) - len(facts) - len(kept_papers) + (template != given.strip())
        return cls(
            template=template,
            template_type=data.parsed.template_type,
            name=recipient_name(request.recipient_name),
            interest=interest_in(request.recipient_interest).text,
            sender_name=before_instructions(request.sender_name or "") or None,
            tone="" if reads_like_an_instruction(data.parsed.tone) else data.parsed.tone,
            placeholders=_placeholders(template, data.parsed.placeholders),
            facts=facts,
            papers=kept_papers,
            sources=tuple(map(_titled, research.sources)),
            left_out=left_out,
        )

    @cached_property
    def language(self) -> str | None:
        """The template's language, None where it cannot be told."""
        return language_of(self.template)

    def sentences(self, text: str) -> list[str]:
        """The sentences of a text in the template's language, each as it stands there."""
        return split_sentences(text, self.language)

    @property
    def own_text(self) -> str:
        """What the sender has said: it needs no source."""
        return "\n".join((self.template, self.name, self.interest, self.sender_name or ""))

    @cached_property
    def own(self) -> Evidence:
        """What the sender has said, the names included."""
        return Evidence(id=TEMPLATE, kind="template", text=self.own_text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of every word that the sender or any evidence uses."""
        return self.own.stems.union(*(item.stems for item in self.evidence.values()))

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """Facts and papers by id."""
        sources = {source.id: source for source in self.sources}
        facts = (evidence_of_fact(fact, sources) for fact in self.facts)
        return {item.id: item for item in (*facts, *map(evidence_of_paper, self.papers))}

    @cached_property
    def citable(self) -> Mapping[str, Evidence]:
        """Everything that a sentence may rest on, by id: facts, papers, the interest and the template."""
        interest = Evidence(id=INTEREST, kind="interest", text=self.interest)
        return {**self.evidence, INTEREST: interest, TEMPLATE: self.own}


def _states_something(fact: Fact) -> bool:
    """Whether neither the statement nor a passage speaks to a model."""
    return not any(map(reads_like_an_instruction, (fact.statement, *fact.quotes.values())))


def _titled(source: Source) -> Source:
    """The source, without a title that speaks to a model: titles are shown beside the e-mail."""
    return source.model_copy(update={"title": ""}) if reads_like_an_instruction(source.title) else source


def _placeholders(template: str, known: tuple[Placeholder, ...]) -> tuple[Placeholder, ...]:
    """The gaps that stand in the template, with what the parser knows of them."""
    by_text = {placeholder.text: placeholder for placeholder in known}
    gaps = {gap.text: gap for gap in find_gaps(template)}
    return tuple(by_text.get(text, Placeholder(text=text, meaning=gap.label)) for text, gap in gaps.items())
