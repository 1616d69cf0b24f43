"""Which of a person's papers speak to a reader's interest: words shared with it, and recency."""

from collections.abc import Iterable

from scribe.arxiv.latex import readable
from scribe.arxiv.records import Record
from scribe.common.text.terms import plain_words, terms

HALF_LIFE_YEARS = 6.0
INTEREST_WEIGHT = 0.7
TITLE_WEIGHT = 1.0
ABSTRACT_WEIGHT = 0.6


def interest_score(record: Record, wanted: frozenset[str]) -> float:
    """The share of the wanted words that the record holds, 0..1: in full for the title, less for the abstract."""
    if not wanted:
        return 0.0
    title, abstract = terms(readable(record.title)), terms(record.abstract)
    found = sum(TITLE_WEIGHT if word in title else ABSTRACT_WEIGHT if word in abstract else 0.0 for word in wanted)
    return found / len(wanted)


def recency_score(record: Record, year: int) -> float:
    """1 for this year's paper, halved every six years."""
    return float(0.5 ** (max(0, year - record.published.year) / HALF_LIFE_YEARS))


def score(record: Record, wanted: frozenset[str], year: int) -> float:
    """0..1, rounded to four places."""
    interest = interest_score(record, wanted)
    return round(INTEREST_WEIGHT * interest + (1 - INTEREST_WEIGHT) * recency_score(record, year), 4)


def is_named_in(record: Record, texts: Iterable[str]) -> bool:
    """Whether one of the pages about the person names the paper. The texts are `plain_words`."""
    title = plain_words(readable(record.title))
    return len(title) >= 20 and any(title in text for text in texts)
