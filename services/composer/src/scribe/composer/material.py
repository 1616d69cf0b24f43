"""What an e-mail may be made of: the template, the recipient, the sender's name, facts and papers. Nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from scribe.common.errors import PermanentError
from scribe.common.tasks.data import Fact, Paper, PipelineData, Placeholder, Source, TemplateType
from scribe.common.text.injection import (
    before_instructions,
    interest_in,
    reads_like_an_instruction,
    without_lines_at_a_model,
)
from scribe.common.text.placeholders import find_gaps
from scribe.composer.language import language_of
from scribe.composer.telling import sequence, stems, tokens

NO_NAME = "The recipient's name does not look like a name."


@dataclass(frozen=True)
class Evidence:
    """A fact or a paper, with all the words that a sentence resting on it may use."""

    id: str
    kind: Literal["fact", "paper"]
    text: str
    pages: tuple[tuple[str, str], ...]
    """Title and address of every page that says so, the best first."""
    certain: bool

    @property
    def title(self) -> str:
        """Of its best page."""
        return self.pages[0][0] if self.pages else ""

    @property
    def url(self) -> str:
        """Of its best page."""
        return self.pages[0][1] if self.pages else ""

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Its words, in the forms of details."""
        return frozenset(tokens(self.text))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words."""
        return frozenset(stems(self.text))

    @cached_property
    def sequence(self) -> str:
        """Its words in a row."""
        return sequence(self.text)

    @cached_property
    def language(self) -> str | None:
        """Its language, None where it does not tell."""
        return language_of(self.text)


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
    def of(cls, data: PipelineData) -> "Material":
        """The material that the earlier steps have found.

        Raises:
            PermanentError: the parser's part is missing, or the name is none.
        """
        if data.parsed is None:
            raise PermanentError("a task reached the composer without the parser's part")
        facts = data.research.facts if data.research else ()
        papers = data.papers or ()
        kept_facts = tuple(fact for fact in facts if not reads_like_an_instruction(fact.statement))
        kept_papers = tuple(p for p in papers if not reads_like_an_instruction(f"{p.title}\n{p.abstract}"))
        given = data.email_template.replace("\r\n", "\n")
        template = without_lines_at_a_model(given).strip()
        return cls(
            template=template,
            template_type=data.parsed.template_type,
            name=_name(data.recipient_name),
            interest=interest_in(data.recipient_interest).text,
            sender_name=before_instructions(data.sender_name or "") or None,
            tone="" if reads_like_an_instruction(data.parsed.tone) else data.parsed.tone,
            placeholders=_placeholders(template, data.parsed.placeholders),
            facts=kept_facts,
            papers=kept_papers,
            sources=tuple(map(_titled, data.research.sources)) if data.research else (),
            left_out=len(facts) + len(papers) - len(kept_facts) - len(kept_papers) + (template != given.strip()),
        )

    @property
    def own_text(self) -> str:
        """What the sender has said: it needs no source."""
        return "\n".join((self.template, self.name, self.interest, self.sender_name or ""))

    @cached_property
    def own_tokens(self) -> frozenset[str]:
        """The words of `own_text`, in the forms of details."""
        return frozenset(tokens(self.own_text))

    @cached_property
    def own_stems(self) -> frozenset[str]:
        """The stems of the words of `own_text`."""
        return frozenset(stems(self.own_text))

    @cached_property
    def language(self) -> str:
        """The template's language, English where it does not tell."""
        return language_of(self.template) or "en"

    @property
    def is_english(self) -> bool:
        """Whether the template is in English, as facts and papers mostly are."""
        return self.language == "en"

    def can_compare(self, item: Evidence) -> bool:
        """Whether the words of an e-mail can be compared with the item's: both are English, as far as they tell."""
        return self.is_english and item.language in (None, "en")

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """Facts and papers by id."""
        sources = {source.id: source for source in self.sources}
        items = [*(_fact(fact, sources) for fact in self.facts), *(_paper(paper) for paper in self.papers)]
        return {item.id: item for item in items}


def _name(given: str) -> str:
    name = before_instructions(given)
    if not any(char.isalpha() for char in name):
        raise PermanentError("the recipient's name is none", public=NO_NAME)
    return name


def _titled(source: Source) -> Source:
    """The source, without a title that speaks to a model: titles are shown beside the e-mail."""
    return source.model_copy(update={"title": ""}) if reads_like_an_instruction(source.title) else source


def _placeholders(template: str, known: tuple[Placeholder, ...]) -> tuple[Placeholder, ...]:
    """The gaps that stand in the template, with what the parser knows of them."""
    by_text = {placeholder.text: placeholder for placeholder in known}
    gaps = {gap.text: gap for gap in find_gaps(template)}
    return tuple(by_text.get(text, Placeholder(text=text, meaning=gap.label)) for text, gap in gaps.items())


def _fact(fact: Fact, sources: Mapping[str, Source]) -> Evidence:
    said_by = (sources[source_id] for source_id in fact.source_ids if source_id in sources)
    return Evidence(
        id=fact.id,
        kind="fact",
        text="\n".join((fact.statement, *fact.quotes.values())),
        pages=tuple((source.title, source.url) for source in said_by),
        certain=fact.certain,
    )


def _paper(paper: Paper) -> Evidence:
    text = "\n".join((paper.title, paper.abstract, *paper.authors, str(paper.year)))
    return Evidence(id=paper.id, kind="paper", text=text, pages=((paper.title, paper.url),), certain=True)
