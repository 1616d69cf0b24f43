"""Which of a person's papers speak to a reader's interest: words shared with it, and recency."""

import re
from collections.abc import Iterable

from scribe.arxiv.feed import Record
from scribe.arxiv.latex import readable
from scribe.arxiv.names import fold

HALF_LIFE_YEARS = 6.0
INTEREST_WEIGHT = 0.7
TITLE_WEIGHT = 1.0
ABSTRACT_WEIGHT = 0.6

_WORD = re.compile(r"[a-z0-9]{2,}")
_COMMON = frozenset(
    _WORD.findall(
        "the and for with from into onto over about your their his her its our are was were that this these those what "
        "how work works working research studies study using use based new recent paper papers theory of in on to at by "
        "an as is or be we it interest interests interested field area group lab methods method approach"
    )
)
_ENDINGS = re.findall(r"\w+", "ements ement ations ation ities ity ings ing ies ed es s ical ic al y")


def terms(text: str) -> frozenset[str]:
    """The words of `text` that carry meaning, folded and cut to their stems."""
    return frozenset(_stem(word) for word in _WORD.findall(fold(text)) if word not in _COMMON)


def _stem(word: str) -> str:
    """A rough stem: enough that `fluids`, `fluid` and `fluidity` meet, and `entangled` and `entanglement`."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


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


def is_named_in(record: Record, folded_texts: Iterable[str]) -> bool:
    """Whether one of the pages about the person names the paper. The texts are `folded`."""
    title = folded(readable(record.title))
    return len(title) >= 20 and any(title in text for text in folded_texts)


def folded(text: str) -> str:
    """Words only, folded, so that punctuation and line ends do not matter."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))
