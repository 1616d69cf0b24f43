"""arXiv's answer: an Atom feed (https://info.arxiv.org/help/api/user-manual.html), read record by record."""

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree
from pydantic import BaseModel, ConfigDict

from scribe.common.errors import PermanentError, TransientError

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ID = re.compile(r"/abs/(?P<id>(?:[\w.\-]+/)?[\w.\-]+)$")
_VERSION = re.compile(r"v\d+$")
MAX_AUTHORS = 60
MAX_ABSTRACT = 4_000


class Record(BaseModel):
    """One paper as arXiv describes it, its title and abstract still in LaTeX. `arxiv_id` is without the version."""

    model_config = ConfigDict(frozen=True)

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    published: datetime

    @property
    def url(self) -> str:
        """The page of the newest version."""
        return f"https://arxiv.org/abs/{self.arxiv_id}"


@dataclass(frozen=True)
class Feed:
    """The records of an answer. `total` is how many arXiv has, `unreadable` how many were left out as broken."""

    records: tuple[Record, ...]
    total: int
    unreadable: int


def parse_feed(body: bytes) -> Feed:
    """The feed in `body`; a broken record costs only itself.

    Raises:
        TransientError: it is no Atom feed, as when arXiv is overloaded and answers in HTML or plain text.
        PermanentError: arXiv refused the query; it says so with status 200 and an entry that describes the error.
    """
    root = _root(body)
    records: list[Record] = []
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in _text(entry, "id"):
            raise PermanentError("arxiv refused the query")
        record = _record(entry)
        if record is not None:
            records.append(record)
    return Feed(tuple(records), _total(root, len(entries)), len(entries) - len(records))


def _root(body: bytes) -> Element:
    try:
        root: Element = ElementTree.fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise TransientError(f"arxiv answered no XML: {type(error).__name__}") from error
    if root.tag != f"{_ATOM}feed":
        raise TransientError("arxiv answered no Atom feed")
    return root


def _total(root: Element, found: int) -> int:
    text = root.findtext(_TOTAL) or ""
    return int(text) if text.strip().isdecimal() else found


def _record(entry: Element) -> Record | None:
    address = _ID.search(_text(entry, "id"))
    authors = [_text(author, "name") for author in entry.findall(f"{_ATOM}author")][:MAX_AUTHORS]
    authors = [author for author in authors if author]
    title = _text(entry, "title")
    try:
        published = datetime.fromisoformat(_text(entry, "published"))
    except ValueError:
        return None
    if address is None or not authors or not title:
        return None
    return Record(
        arxiv_id=_VERSION.sub("", address["id"]),
        title=title,
        abstract=_text(entry, "summary")[:MAX_ABSTRACT],
        authors=tuple(authors),
        published=published,
    )


def _text(element: Element, tag: str) -> str:
    return " ".join((element.findtext(f"{_ATOM}{tag}") or "").split())
