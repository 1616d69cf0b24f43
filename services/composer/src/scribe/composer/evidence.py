"""What a sentence can rest on: facts and papers, what the sender says of the recipient's work, and the template."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from scribe.common.tasks.data import Fact, Paper, Source
from scribe.common.text.details import known_numbers
from scribe.composer.wordforms import sequence, stems

INTEREST, TEMPLATE = "I1", "T1"
"""The ids of the sender's words about the recipient, and of the template."""


@dataclass(frozen=True)
class Evidence:
    """One thing that a sentence may rest on, with all of its words."""

    id: str
    kind: Literal["fact", "paper", "interest", "template"]
    text: str
    pages: tuple[tuple[str, str], ...] = ()
    """Title and address of every page that says so, the best first; none for the sender's own words."""
    certain: bool = True

    @property
    def title(self) -> str:
        """Of its best page."""
        return self.pages[0][0] if self.pages else ""

    @property
    def url(self) -> str:
        """Of its best page."""
        return self.pages[0][1] if self.pages else ""

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its numbers, in every form."""
        return known_numbers(self.text)

    @cached_property
    def sequence(self) -> str:
        """Its words in a row."""
        return sequence(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its words."""
        return frozenset(stems(self.text))


def evidence_of_fact(fact: Fact, sources: Mapping[str, Source]) -> Evidence:
    """A fact with its passages, on those of its pages that are known."""
    pages = (sources[source_id] for source_id in fact.source_ids if source_id in sources)
    return Evidence(
        id=fact.id,
        kind="fact",
        text="\n".join((fact.statement, *fact.quotes.values())),
        pages=tuple((source.title, source.url) for source in pages),
        certain=fact.certain,
    )


def evidence_of_paper(paper: Paper) -> Evidence:
    """A paper with its abstract and authors."""
    text = "\n".join((paper.title, paper.abstract, *paper.authors, str(paper.year)))
    return Evidence(id=paper.id, kind="paper", text=text, pages=((paper.title, paper.url),), certain=paper.certain)
