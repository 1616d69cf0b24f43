"""The pages that speak of a recipient: each once, the person's own and the institution's first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from scribe.common.tasks.data import Source
from scribe.common.text.terms import plain_words, terms
from scribe.scraper.exa import Citation
from scribe.scraper.recipient import Recipient

MAX_SOURCES = 12
LITTLE_TEXT = 200
"""Characters below which a page counts as without text."""

_INSTITUTION = re.compile(
    r"\.edu$|\.edu\.|\.ac\.|(?:^|[.\-])(?:univ|uni|tu|eth|inst|institute|mpg|cnrs|lab)[.\-]|university|institut"
)
_REFERENCE = re.compile(
    r"(?:^|\.)(?:wikipedia\.org|arxiv\.org|nature\.com|science\.org|aps\.org|orcid\.org|nobelprize\.org)$"
)
_NOISE = re.compile(
    r"(?:^|\.)(?:linkedin|facebook|instagram|twitter|x|tiktok|pinterest|zoominfo|rocketreach|ratemyprofessors|spokeo"
    r"|whitepages|mylife|peekyou|youtube|reddit|quora)\.com$"
)


@dataclass(frozen=True)
class Page:
    """A page about the recipient, before it has its number. `origin` says who read its text."""

    url: str
    title: str = ""
    text: str = ""
    origin: str = "exa"
    rank: float = 0.0

    @property
    def host(self) -> str:
        """The host of the page."""
        return host_of(self.url)

    @property
    def has_text(self) -> bool:
        """Whether there is enough to draw facts from."""
        return len(self.text) >= LITTLE_TEXT


def host_of(url: str) -> str:
    """The host without `www.`; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


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


def ranked(pages: Iterable[Page], recipient: Recipient, interest: str) -> list[Page]:
    """The pages with their rank, best first; equals keep the order in which they were cited.

    Of pages with the same text the best stays: a copy is no second source.
    """
    wanted = terms(interest)
    scored = [replace(page, rank=_rank(page, recipient, wanted)) for page in pages]
    unique: dict[str, Page] = {}
    for page in sorted(scored, key=lambda page: -page.rank):
        unique.setdefault(page.text or page.url, page)
    return list(unique.values())[:MAX_SOURCES]


def _rank(page: Page, recipient: Recipient, wanted: frozenset[str]) -> float:
    points = 0.0
    if names_its_owner(page, recipient):
        points += 4
    if _INSTITUTION.search(page.host):
        points += 2
    elif _REFERENCE.search(page.host):
        points += 1
    elif _NOISE.search(page.host):
        points -= 3
    if recipient.named_in_full(page.title):
        points += 2
    if page.has_text:
        points += 1 if recipient.named_in_full(page.text) else -4
    shared = wanted & terms(f"{page.title} {page.text}")
    return points + 2 * len(shared) / max(1, len(wanted))


def names_its_owner(page: Page, recipient: Recipient) -> bool:
    """Whether the address holds the family name, as a person's own page does."""
    if recipient.name is None:
        return False
    parts = urlsplit(page.url)
    words = plain_words(f"{page.host} {parts.path}".replace(".", " ").replace("_", " "))
    family = recipient.name.whole_family
    spellings = {family, family.replace(" ", ""), "".join((*recipient.name.given, family)).replace(" ", "")}
    return any(len(spelling) > 2 and f" {spelling} " in f" {words} " for spelling in spellings)


def numbered(pages: Iterable[Page]) -> tuple[Source, ...]:
    """The pages as sources S1, S2, … in their order."""
    return tuple(
        Source(id=f"S{number}", url=p.url, title=p.title, text=p.text, origin="page" if p.origin == "page" else "exa")
        for number, p in enumerate(pages, 1)
    )
