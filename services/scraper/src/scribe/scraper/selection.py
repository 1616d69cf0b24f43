"""Which passages of the pages are worth a model's time, within a budget of tokens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from scribe.common.tasks.data import Source
from scribe.common.text.terms import terms
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.passages import Passage
from scribe.scraper.sources import names_its_owner

BYTES_PER_TOKEN = 4
TOKENS_PER_LINE = 5
"""Tokens of a passage's id and line end."""
HEAD = 10
"""Passages at a page's beginning that say what it is."""
BEFORE, AFTER = 1, 4
"""Passages around a mention of the recipient that may go on about them."""
MIN_MENU = 4
MAX_MENU_WORDS, MAX_MENU_CHARACTERS = 3, 30


@dataclass(frozen=True)
class ReadablePage:
    """A page as it is given to the reader: all its passages, or the best of them."""

    source: Source
    passages: tuple[Passage, ...]


def tokens_of(text: str) -> int:
    """About how many tokens a text is: models differ, and a budget needs no more."""
    return len(text.encode()) // BYTES_PER_TOKEN + 1


def worth_reading(
    pages: Sequence[ReadablePage], recipient: NameMatcher, interest: str, max_tokens: int
) -> list[ReadablePage]:
    """The pages with the passages that fit into the budget, the best first chosen, each in its place."""
    wanted = terms(interest)
    scored = [
        (score - rank / 10, passage)
        for rank, page in enumerate(pages)
        for score, passage in _scored(page, recipient, wanted)
    ]
    chosen: set[str] = set()
    for _, passage in sorted(scored, key=lambda pair: -pair[0]):
        cost = tokens_of(passage.text) + TOKENS_PER_LINE
        if cost <= max_tokens:
            chosen.add(passage.id)
            max_tokens -= cost
    kept = (ReadablePage(p.source, tuple(q for q in p.passages if q.id in chosen)) for p in pages)
    return [page for page in kept if page.passages]


def _scored(page: ReadablePage, recipient: NameMatcher, wanted: frozenset[str]) -> Iterator[tuple[float, Passage]]:
    """Each passage with its score; menus are left out."""
    named = [recipient.is_named_in(passage.text) for passage in page.passages]
    menus = _menus(page.passages, named)
    is_own = names_its_owner(page.source.url, recipient) or recipient.is_named_in_full(page.source.title)
    for place, passage in enumerate(page.passages):
        if place in menus:
            continue
        score = 2.0 if is_own else 0.0
        score += 4.0 if named[place] else 2.0 if any(named[max(0, place - AFTER) : place + BEFORE + 1]) else 0.0
        score += 1.0 if place < HEAD or passage.is_heading else 0.0
        yield score + 2.0 * len(wanted & terms(passage.text)) / max(1, len(wanted)), passage


def _menus(passages: Sequence[Passage], named: Sequence[bool]) -> set[int]:
    """The places of passages that belong to a menu: several in a row of a few words each, without a full stop."""
    found: set[int] = set()
    places = groupby(range(len(passages)), lambda place: not named[place] and _is_like_a_menu(passages[place]))
    for is_menu, run in places:
        items = list(run)
        if is_menu and len(items) >= MIN_MENU:
            found.update(items)
    return found


def _is_like_a_menu(passage: Passage) -> bool:
    text = passage.text
    return (
        len(text) <= MAX_MENU_CHARACTERS
        and len(text.split()) <= MAX_MENU_WORDS
        and text[-1] not in ".!?"
        and not any(map(str.isdigit, text))
    )
