"""How far a fact can be relied on: by how many independent sources tell it, and by whose page it stands on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from scribe.common.tasks.data import FactKind, Source
from scribe.common.text.terms import terms
from scribe.scraper.answer import Site
from scribe.scraper.domains import is_academic, registrable_domain
from scribe.scraper.mirrors import mirror_groups
from scribe.scraper.name_matcher import NameMatcher, words_of
from scribe.scraper.sources import names_its_owner

MIN_SHARED_TERMS = 0.5
"""Share of a statement's words that a second source must hold to tell the same."""
KINDS_OF_ONES_OWN: Collection[FactKind] = ("position", "work")
"""What a person's or institution's own page is believed for."""


@dataclass(frozen=True)
class KnownPage:
    """A page that is about the recipient. `original` is the id of the page that it is a copy of, or its own."""

    source: Source
    site: Site
    original: str


def is_theirs(page: KnownPage, recipient: NameMatcher) -> bool:
    """Whether a page is the recipient's or their institution's: the reader says so, and the address agrees."""
    return page.site != "other" and (is_academic(page.source.url) or names_its_owner(page.source.url, recipient))


def is_of_an_institution(page: KnownPage, pages: Mapping[str, KnownPage]) -> bool:
    """Whether the reader takes a page for the institution's, and a page of another domain about the recipient speaks of
    what its domain is named after: `uni-hamburg.de` of Universität Hamburg, `dtu.dk` of DTU.
    """
    domain = registrable_domain(page.source.url)
    others = (other.source for other in pages.values() if registrable_domain(other.source.url) != domain)
    return page.site == "institution" and any(_speaks_of(other, domain.partition(".")[0]) for other in others)


def independent(quotes: Mapping[str, str], statement: str, pages: Mapping[str, KnownPage]) -> list[str]:
    """The sources that tell a fact independently: each of another domain, and none a copy of another."""
    wanted = terms(statement)
    telling = {
        source_id: quote
        for source_id, quote in quotes.items()
        if len(wanted & terms(quote)) >= MIN_SHARED_TERMS * len(wanted)
    }
    copies = mirror_groups(telling)
    found: dict[str, str] = {}
    originals: set[str] = set()
    for source_id in telling:
        page = pages[source_id]
        domain = registrable_domain(page.source.url)
        if copies[source_id] == source_id and domain not in found and page.original not in originals:
            found[domain] = source_id
            originals.add(page.original)
    return list(found.values())


def is_certain(
    kind: FactKind, sources: Sequence[str], independent_sources: Sequence[str], theirs: Collection[str]
) -> bool:
    """Whether a fact needs no second look."""
    return len(independent_sources) > 1 or (kind in KINDS_OF_ONES_OWN and any(s in theirs for s in sources))


def _speaks_of(source: Source, name: str) -> bool:
    """Whether capitalised words of a page, or their initials in a row, are the parts of a domain's name."""
    words = [word for word in f"{source.title} {source.text}".split() if word[:1].isupper()]
    folded = [plain for word in words for plain in words_of(word)[:1]]
    initials = "".join(word[0] for word in folded)
    parts = name.split("-")
    return all(_is_said(part, folded, initials) for part in parts)


def _is_said(part: str, words: Sequence[str], initials: str) -> bool:
    return len(part) > 2 and (part in initials or any(word.startswith(part) for word in words))
