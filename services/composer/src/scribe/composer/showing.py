"""How facts and papers are shown to a model, and which of them where there are more than a prompt should hold."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf

from scribe.common.tasks.data import ELLIPSIS, Fact, Paper
from scribe.common.text.fencing import Json
from scribe.common.text.folding import fold_accents
from scribe.common.text.wording import words
from scribe.composer.material import Material
from scribe.composer.wordforms import content_words

WRITER_BUDGET = 5_000
CHECKER_BUDGET = 6_500
"""Characters of papers and facts in a prompt; four are about a token."""
PAPERS_BUDGET = 3_500
"""Of these for papers, so that their abstracts leave room for facts."""
MAX_PASSAGES = 500
"""Characters of the passages of one fact."""
MAX_ABSTRACT = 2_000
MAX_AUTHORS = 5

View = Mapping[str, Json]
"""A fact or paper as a model sees it."""

_WORTH_OF_KIND = {"work": 3, "publication": 3, "position": 2, "award": 1, "event": 1, "education": 1}
_WORTH_OF_PAPER = 4
_WORTH_OF_MATCH = 8
"""Of a wanted word that only one item has; a word that many have is worth less."""


def shown_to_writer(material: Material) -> dict[str, list[View]]:
    """The blocks `facts`, without their passages, and `papers`: what the interest and the gaps ask for comes first."""
    meanings = " ".join(f"{gap.text} {gap.meaning}" for gap in material.placeholders)
    return _blocks(material, _statement, _ranks(material, f"{material.interest} {meanings}"), WRITER_BUDGET)


def shown_to_checker(material: Material, added: str, used: Iterable[str] = ()) -> dict[str, list[View]]:
    """The blocks `facts`, with their passages, and `papers`: what the writer has used comes first, then what the added
    words speak of."""
    ranks = _ranks(material, added) | dict.fromkeys(used, inf)
    return _blocks(material, _statement_and_passages, ranks, CHECKER_BUDGET)


def _ranks(material: Material, wanted: str) -> dict[str, float]:
    """How much each fact and paper has of the wanted words, and what it is worth by itself, by its id."""
    stems = content_words(wanted).keys()
    frequency = Counter(stem for item in material.evidence.values() for stem in item.stems & stems)
    worth = {fact.id: _worth(fact) for fact in material.facts}
    return {
        item.id: worth.get(item.id, _WORTH_OF_PAPER) + sum(_WORTH_OF_MATCH / frequency[s] for s in item.stems & stems)
        for item in material.evidence.values()
    }


def _blocks(
    material: Material, show: Callable[[Fact], View], ranks: Mapping[str, float], budget: int
) -> dict[str, list[View]]:
    """What fits into `budget` characters, the best taken first, in the order of the ids."""
    papers = _fitting([_paper(paper, material.name) for paper in material.papers], ranks, PAPERS_BUDGET)
    facts = _fitting(list(map(show, material.facts)), ranks, budget - sum(map(_size, papers)))
    return {"facts": facts, "papers": papers}


def _fitting(views: Sequence[View], ranks: Mapping[str, float], budget: int) -> list[View]:
    taken: set[object] = set()
    for view in sorted(views, key=lambda view: -ranks[str(view["id"])]):
        if _size(view) <= budget:
            budget -= _size(view)
            taken.add(view["id"])
    return [view for view in views if view["id"] in taken]


def _size(view: View) -> int:
    return sum(len(str(value)) for value in view.values())


def _worth(fact: Fact) -> int:
    return _WORTH_OF_KIND.get(fact.kind, 0) + 2 * fact.certain + fact.current


def _statement(fact: Fact) -> View:
    """`kind`, `current` and `certain` stand only where they tell something."""
    marks: dict[str, Json] = {} if fact.kind == "other" else {"kind": fact.kind}
    marks |= {} if fact.current else {"current": False}
    marks |= {"certain": True} if fact.certain else {}
    return {"id": fact.id, "statement": fact.statement, **marks}


def _statement_and_passages(fact: Fact) -> View:
    quotes = dict.fromkeys(fact.quotes.values())
    passages = ELLIPSIS.join(quote for quote in quotes if not fact.statement.endswith(quote))
    return {**_statement(fact), **({"passages": passages[:MAX_PASSAGES]} if passages else {})}


def _paper(paper: Paper, recipient: str) -> View:
    doubt: dict[str, Json] = {} if paper.certain else {"doubtful": True}
    return {
        **doubt,
        "id": paper.id,
        "title": paper.title,
        "year": paper.year,
        "authors": authors_with(paper.recipient_author or recipient, paper.authors, paper.author_count),
        "abstract": paper.abstract[:MAX_ABSTRACT],
    }


def authors_with(recipient: str, authors: tuple[str, ...], author_count: int = 0) -> str:
    """At most five of the authors that are known, among them the recipient, and how many there are if they are more."""
    count = max(author_count, len(authors))
    if count <= MAX_AUTHORS or not authors:
        return ", ".join(authors)
    name = set(words(fold_accents(recipient)))
    likest = max(authors, key=lambda author: len(name & set(words(fold_accents(author)))))
    first = [*authors[: MAX_AUTHORS - 1], *([likest] if likest not in authors[: MAX_AUTHORS - 1] else [])]
    return f"{', '.join(first)} and others ({count} authors)"
