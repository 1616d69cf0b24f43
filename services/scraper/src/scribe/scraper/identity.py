"""Telling a recipient's pages from those of other people of the same name, by institution and field of work."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scribe.common.text.names import fold
from scribe.common.text.terms import terms
from scribe.scraper.facts import about
from scribe.scraper.recipient import Recipient
from scribe.scraper.sources import Page

FAMILIAR = 3
"""Words shared with the recipient's pages that make a page without institution and interest theirs."""

_INSTITUTION = re.compile(
    r"(?:[A-Z][\w'&.\-]+\s){0,4}"
    r"(?:University|Universit[äéày]\w*|Universidad\w*|Institut\w*|College|Polytechnic|Laborator(?:y|ies)|Observatory|Academy"
    r"|Hochschule|École|School)"
    r"(?:\s(?:of|for|in|de|di|der|at)\s(?:the\s)?[A-Z][\w\-]+(?:(?:,\s|\s|\sand\s)[A-Z][\w\-]+){0,3})?"
    r"|\b(?:MIT|ETH|EPFL|CERN|Caltech|UCLA|UCL|NASA|NIST|INRIA|CNRS|Oxford|Cambridge|Harvard|Stanford|Princeton|Yale)\b"
)
_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "university universite universitat universita universidad universidade institute institut institutes instituto "
        "the of for in de di der at and college school academy laboratory laboratories observatory polytechnic "
        "hochschule ecole national state technical technology new north south east west royal federal international "
        "professor prof dr department faculty center centre science sciences research studies graduate medical physics "
        "mathematics american arts engineering medicine law",
    )
)


@dataclass(frozen=True)
class _Portrait:
    """What one page says of its person: institutions, share of the interest, words."""

    page: Page
    institutions: frozenset[str]
    interest: float
    words: frozenset[str]


@dataclass(frozen=True)
class Judged:
    """The pages of the recipient, and those of strangers."""

    own: tuple[Page, ...]
    strangers: tuple[Page, ...]


def tell_apart(pages: Sequence[Page], recipient: Recipient, interest: str) -> Judged:
    """The pages that can all be of one person: the one whose pages fit the interest best.

    Where no page shares a word with the interest there is nothing to judge by, and all are kept.
    """
    portraits = [_portrait(page, recipient, terms(interest)) for page in pages]
    best = max((portrait.interest for portrait in portraits), default=0.0)
    if best == 0.0:
        return Judged(tuple(pages), ())
    anchors = _one_person([p for p in portraits if p.interest >= best / 2])
    institutions = frozenset[str]().union(*(anchor.institutions for anchor in anchors))
    words = frozenset[str]().union(*(anchor.words for anchor in anchors))
    own = tuple(p.page for p in portraits if p in anchors or _fits(p, institutions, words))
    return Judged(own, tuple(page for page in pages if page not in own))


def _portrait(page: Page, recipient: Recipient, wanted: frozenset[str]) -> _Portrait:
    told = " ".join([page.title, *about(recipient, page.text)])
    words = terms(told) - terms(recipient.written)
    return _Portrait(page, _institutions(told), len(wanted & words) / max(1, len(wanted)), words)


def _institutions(text: str) -> frozenset[str]:
    """The words by which the institutions of a text are told apart: `tennessee`, `munich`."""
    words = (re.findall(r"[a-z]{2,}", fold(found)) for found in _INSTITUTION.findall(text))
    return frozenset(word for name in words for word in name if word not in _GENERIC)


def _one_person(anchors: list[_Portrait]) -> list[_Portrait]:
    """Of pages that all fit the interest, those that institutions join; the best where they are of several people."""
    groups: list[list[_Portrait]] = []
    homeless = [anchor for anchor in anchors if not anchor.institutions]
    for anchor in (a for a in anchors if a.institutions):
        joined = [g for g in groups if any(other.institutions & anchor.institutions for other in g)]
        groups = [g for g in groups if g not in joined]
        groups.append([*(member for group in joined for member in group), anchor])
    best = max(groups, key=_weight, default=[])
    return [*best, *homeless]


def _weight(group: Iterable[_Portrait]) -> float:
    return sum(member.interest * 4 + max(0.0, member.page.rank) for member in group)


def _fits(portrait: _Portrait, institutions: frozenset[str], words: frozenset[str]) -> bool:
    if portrait.institutions and institutions:
        return bool(portrait.institutions & institutions)
    return portrait.interest > 0 or len(portrait.words & words) >= FAMILIAR
