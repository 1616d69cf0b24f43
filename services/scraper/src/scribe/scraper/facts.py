"""Facts about a recipient, drawn from pages in code: every statement is a sentence that stands in its source.

A sentence of a page counts when it speaks of the person; one of Exa's answer only when a sentence of a page supports
it, and then the page's own words are kept. What two pages tell is certain, what one tells is not.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scribe.common.tasks.data import Fact, Source
from scribe.common.text.terms import terms
from scribe.scraper.recipient import Recipient
from scribe.scraper.sentences import folded_words, paragraphs, sentences, stands_in
from scribe.scraper.statements import is_fit, says_the_same, without_marks

MAX_CHARACTERS = 3_000
MAX_CANDIDATES = 250
MAX_FACTS = 25
MAX_QUOTES = 4
"""Pages whose sentences are kept for one fact."""


@dataclass
class Candidate:
    """A statement with the sentence of a page that says it; `quotes` hold the sentences of other pages that do too."""

    statement: str
    quote: str
    source: Source
    points: float
    quotes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """The facts that were kept, and how many statements were dropped for want of a quote."""

    facts: tuple[Fact, ...]
    dropped: int


def about(recipient: Recipient, text: str) -> list[str]:
    """The sentences of a page that speak of the person; none where the page never gives the name in full.

    A page speaks of its person as `he` or as `she`: the rarer of the two is somebody else.
    """
    if not recipient.named_in_full(text):
        return []
    found: list[str] = []
    for paragraph in paragraphs(text):
        follows = False
        for sentence in sentences(paragraph):
            follows = recipient.speaks_of(sentence, follows=follows)
            if follows:
                found.append(sentence)
    pronouns = Counter(filter(None, map(recipient.pronoun_of, found)))
    others = {pronoun for pronoun, _ in pronouns.most_common()[1:]}
    return [sentence for sentence in found if recipient.pronoun_of(sentence) not in others]


def draw_facts(recipient: Recipient, interest: str, sources: Sequence[Source], answers: Iterable[str]) -> Found:
    """The facts that the sources support, best first, with at most 3,000 characters of statements."""
    wanted = terms(interest)
    candidates = [
        Candidate(
            statement=recipient.with_subject(sentence),
            quote=sentence,
            source=source,
            points=_points(sentence, recipient, wanted) + 2 * (1 - place / len(sources)),
        )
        for place, source in enumerate(sources)
        for sentence in about(recipient, source.text)
        if is_fit(sentence)
    ]
    candidates = sorted(candidates, key=lambda c: -c.points)[:MAX_CANDIDATES]
    unsupported = _weigh_by_answers(candidates, recipient, answers)
    merged = _merged(candidates, terms(recipient.written))
    verified = [candidate for candidate in merged if _is_verified(candidate, sources)]
    kept = _fitting(sorted(verified, key=lambda c: -c.points))
    facts = tuple(_fact(number, candidate) for number, candidate in enumerate(kept, 1))
    return Found(facts, unsupported + len(merged) - len(verified))


def _points(sentence: str, recipient: Recipient, wanted: frozenset[str]) -> float:
    shared = len(wanted & terms(sentence)) / max(1, len(wanted))
    named = 0.5 if recipient.named_in_full(sentence) else 0.0
    detailed = 0.3 if any(c.isdigit() for c in sentence) or any(w[0].isupper() for w in sentence.split()[3:]) else 0.0
    return 2 * shared + named + detailed - (0.5 if len(sentence) > 250 else 0.0)


def _weigh_by_answers(candidates: list[Candidate], recipient: Recipient, answers: Iterable[str]) -> int:
    """Raise what Exa found worth telling, and count what it told that no page supports."""
    unsupported, name = 0, terms(recipient.written)
    for answer in answers:
        for statement in about(recipient, without_marks(answer)):
            if not is_fit(statement):
                continue
            supporting = [c for c in candidates if says_the_same(statement, c.quote, name)]
            for candidate in supporting[:1]:
                candidate.points += 1.5
            unsupported += not supporting
    return unsupported


def _merged(candidates: list[Candidate], name: frozenset[str]) -> list[Candidate]:
    """Each statement once, with the quotes of all pages that tell it."""
    merged: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: -c.points):
        same = next((m for m in merged if says_the_same(m.statement, candidate.statement, name)), None)
        if same is None:
            candidate.quotes[candidate.source.id] = candidate.quote
            merged.append(candidate)
        elif candidate.source.id not in same.quotes and len(same.quotes) < MAX_QUOTES:
            same.quotes[candidate.source.id] = candidate.quote
            same.points += 1
    return merged


def _is_verified(candidate: Candidate, sources: Iterable[Source]) -> bool:
    """Whether every quote stands in the text of its source."""
    texts = {source.id: folded_words(source.text) for source in sources if source.id in candidate.quotes}
    return all(stands_in(quote, texts[source_id]) for source_id, quote in candidate.quotes.items())


def _fitting(candidates: Iterable[Candidate]) -> list[Candidate]:
    room = MAX_CHARACTERS
    kept: list[Candidate] = []
    for candidate in candidates:
        if len(candidate.statement) <= room and len(kept) < MAX_FACTS:
            kept.append(candidate)
            room -= len(candidate.statement)
    return kept


def _fact(number: int, candidate: Candidate) -> Fact:
    return Fact(
        id=f"F{number}",
        statement=candidate.statement,
        source_ids=tuple(candidate.quotes),
        quotes=candidate.quotes,
        certain=len(candidate.quotes) > 1,
    )
