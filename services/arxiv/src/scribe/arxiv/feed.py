"""Whether what arXiv sent is a whole answer, before the library reads it.

The library takes a blank page, a page of HTML, or the first half of a feed for an answer with few records, and loses a
page whose one record has an unreadable date. Kept for a day, each would be a researcher without papers.
"""

from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from scribe.common.errors import PermanentError, TransientError

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ERRORS = "/api/errors"


@dataclass(frozen=True)
class Feed:
    """A whole feed. `total` is how many records arXiv has; `entries` how many it sent, `unreadable` ones among them."""

    body: bytes
    total: int
    entries: int
    unreadable: int


def read_feed(body: bytes) -> Feed:
    """The feed in `body`, without the entries that the library could not read.

    Raises:
        TransientError: it is no whole Atom feed, or has no record although it counts some: arXiv is overloaded.
        PermanentError: arXiv refused the query; it says so with status 200 and an entry that describes the error.
    """
    root = _root(body)
    entries = root.findall(f"{_ATOM}entry")
    if any(_ERRORS in (entry.findtext(f"{_ATOM}id") or "") for entry in entries):
        raise PermanentError("arxiv refused the query")
    total = _total(root)
    if total and not entries:
        raise TransientError("arxiv answered an empty page of a list that is not empty")
    unreadable = [entry for entry in entries if not _is_readable(entry)]
    for entry in unreadable:
        root.remove(entry)
    return Feed(etree.tostring(root) if unreadable else body, total, len(entries), len(unreadable))


def _root(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise TransientError(f"arxiv answered no XML: {type(error).__name__}") from error
    if root.getroottree().docinfo.doctype or root.tag != f"{_ATOM}feed":
        raise TransientError("arxiv answered no Atom feed")
    return root


MAX_DIGITS = 18
"""Digits of a count; arXiv has some millions of records."""


def _total(root: etree._Element) -> int:
    text = (root.findtext(_TOTAL) or "").strip()
    if not text.isdecimal() or len(text) > MAX_DIGITS:
        raise TransientError("arxiv answered a feed without a count")
    return int(text)


def _is_readable(entry: etree._Element) -> bool:
    try:
        for name in ("published", "updated"):
            datetime.fromisoformat((entry.findtext(f"{_ATOM}{name}") or "").strip())
    except ValueError:
        return False
    return True
