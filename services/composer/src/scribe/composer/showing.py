"""How facts and papers are shown to a model, and which of them where there are more than a prompt should hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scribe.common.tasks.data import ELLIPSIS, Fact, Paper
from scribe.common.text.fencing import Json
from scribe.common.text.wording import fold_accents, words
from scribe.composer.material import Material
from scribe.composer.wordforms import content_words

WRITER_BUDGET = 9_000
CHECKER_BUDGET = 9_000
"""Characters of facts and papers in a prompt: about 2,200 tokens."""
MAX_PASSAGES = 600
"""Characters of the passages of one fact."""
MAX_AUTHORS = 5

_WORTH_OF_KIND = {"work": 3, "publication": 3, "position": 2, "award": 1, "event": 1, "education": 1}
_WORTH_OF_PAPER = 4


@dataclass(frozen=True)
class Shown:
    """A fact or paper as a model sees it. `worth` ranks it among others that have as many of the wanted words."""

    view: Mapping[str, Json]
    worth: int

    @property
    def text(self) -> str:
        """Its words."""
        return "\n".join(str(value) for value in self.view.values())

    def rank(self, wanted: frozenset[str]) -> int:
        """Its worth, with two more for each of the wanted stems."""
        return 2 * len(content_words(self.text).keys() & wanted) + self.worth


def shown_to_writer(material: Material) -> dict[str, list[Mapping[str, Json]]]:
    """The blocks `facts`, without their passages, and `papers`: what the interest and the gaps ask for comes first."""
    meanings = " ".join(f"{gap.text} {gap.meaning}" for gap in material.placeholders)
    return _blocks(material, _statement, f"{material.interest} {meanings}", WRITER_BUDGET)


def shown_to_checker(material: Material, added: str) -> dict[str, list[Mapping[str, Json]]]:
    """The blocks `facts`, with their passages, and `papers`: what the added words speak of comes first."""
    return _blocks(material, _statement_and_passages, added, CHECKER_BUDGET)


def _blocks(
    material: Material, show: Callable[[Fact], Mapping[str, Json]], asked: str, budget: int
) -> dict[str, list[Mapping[str, Json]]]:
    facts = [Shown(show(fact), _worth(fact)) for fact in material.facts]
    papers = [Shown(_paper(paper, material.name), _WORTH_OF_PAPER) for paper in material.papers]
    wanted = frozenset(content_words(asked))
    fitting: set[int] = set()
    for item in sorted((*facts, *papers), key=lambda item: -item.rank(wanted)):
        if len(item.text) <= budget:
            budget -= len(item.text)
            fitting.add(id(item))
    named = {"facts": facts, "papers": papers}
    return {name: [item.view for item in items if id(item) in fitting] for name, items in named.items()}


def _worth(fact: Fact) -> int:
    return _WORTH_OF_KIND.get(fact.kind, 0) + 2 * fact.certain + fact.current


def _statement(fact: Fact) -> Mapping[str, Json]:
    """`current` and `certain` stand only where they are not what a reader expects."""
    marks: dict[str, Json] = {} if fact.current else {"current": False}
    marks |= {"certain": True} if fact.certain else {}
    return {"id": fact.id, "kind": fact.kind, "statement": fact.statement, **marks}


def _statement_and_passages(fact: Fact) -> Mapping[str, Json]:
    passages = ELLIPSIS.join(quote for quote in dict.fromkeys(fact.quotes.values()) if quote != fact.statement)
    return {**_statement(fact), **({"passages": passages[:MAX_PASSAGES]} if passages else {})}


def _paper(paper: Paper, recipient: str) -> Mapping[str, Json]:
    doubt: dict[str, Json] = {} if paper.certain else {"doubtful": True}
    return {
        **doubt,
        "id": paper.id,
        "title": paper.title,
        "year": paper.year,
        "authors": authors_with(recipient, paper.authors),
        "abstract": paper.abstract,
    }


def authors_with(recipient: str, authors: tuple[str, ...]) -> str:
    """At most five authors, among them the recipient, and how many there are if they are more."""
    if len(authors) <= MAX_AUTHORS:
        return ", ".join(authors)
    name = set(words(fold_accents(recipient)))
    likest = max(authors, key=lambda author: len(name & set(words(fold_accents(author)))))
    first = [*authors[: MAX_AUTHORS - 1], *([likest] if likest not in authors[: MAX_AUTHORS - 1] else [])]
    return f"{', '.join(first)} and others ({len(authors)} authors)"
