"""The pages that were cited, each once, with those first that most likely are the recipient's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from scribe.common.tasks.data import Source
from scribe.common.text.terms import plain_words, terms
from scribe.scraper.domains import host_of, is_academic, registrable_domain
from scribe.scraper.exa import Citation
from scribe.scraper.name_matcher import NameMatcher

MAX_SOURCES = 12
LITTLE_TEXT = 200
"""Characters below which a page is read in the browser too."""

_DIRECTORIES = (
    "linkedin.com facebook.com instagram.com twitter.com x.com tiktok.com pinterest.com zoominfo.com rocketreach.co "
    "ratemyprofessors.com spokeo.com whitepages.com mylife.com peekyou.com youtube.com reddit.com quora.com"
)
"""Sites whose pages hold little that is reliable."""


@dataclass(frozen=True)
class Page:
    """A cited page. `origin` says who read its text."""

    url: str
    title: str = ""
    text: str = ""
    origin: Literal["exa", "page"] = "exa"

    @property
    def has_text(self) -> bool:
        """Whether there is enough text to do without the browser."""
        return len(self.text) >= LITTLE_TEXT


@dataclass(frozen=True)
class ReadPage:
    """A page that was opened: its title and the text that a reader sees."""

    title: str
    text: str


def pages_of(citations: Iterable[Citation]) -> list[Page]:
    """The cited pages, each URL once with the longest of its texts; what is no web page is left out."""
    found: dict[str, Page] = {}
    for citation in citations:
        if not citation.url.startswith(("http://", "https://")) or not host_of(citation.url):
            continue
        key = _same(citation.url)
        page = Page(citation.url, citation.title, citation.text)
        if key not in found or len(found[key].text) < len(page.text):
            found[key] = replace(page, title=page.title or (found[key].title if key in found else ""))
    return list(found.values())


def _same(url: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.netloc or '').lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}"


def ranked(pages: Iterable[Page], recipient: NameMatcher, interest: str) -> list[Page]:
    """The best pages, best first; equals keep the order in which they were cited. Takes a while for long pages: not for
    the event loop.
    """
    wanted = terms(interest)
    ranks = {page: _rank(page, recipient, wanted) for page in pages}
    return sorted(ranks, key=lambda page: -ranks[page])[:MAX_SOURCES]


def _rank(page: Page, recipient: NameMatcher, wanted: frozenset[str]) -> float:
    points = 3.0 if names_its_owner(page.url, recipient) else 0.0
    points += 2.0 if is_academic(page.url) else 0.0
    points += 2.0 if recipient.is_named_in_full(page.title) else 0.0
    points -= 3.0 if registrable_domain(page.url) in _DIRECTORIES.split() else 0.0
    points += 1.0 if recipient.is_named_in_full(page.text) else 0.0
    shared = wanted & terms(f"{page.title} {page.text}")
    return points + 2 * len(shared) / max(1, len(wanted))


def names_its_owner(url: str, recipient: NameMatcher) -> bool:
    """Whether the address holds the family name, as a person's own page does."""
    if recipient.name is None:
        return False
    words = plain_words(f"{host_of(url)} {urlsplit(url).path}".replace(".", " ").replace("_", " "))
    family = recipient.name.whole_family
    spellings = {family, family.replace(" ", ""), "".join((*recipient.name.given, family)).replace(" ", "")}
    return any(len(spelling) > 2 and f" {spelling} " in f" {words} " for spelling in spellings)


def as_source(number: int, page: Page, text: str) -> Source:
    """The page as the source `S<number>`, with its text as it was cleaned."""
    return Source(id=f"S{number}", url=page.url, title=page.title, text=text, origin=page.origin)
