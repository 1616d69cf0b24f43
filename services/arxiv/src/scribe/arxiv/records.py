"""One paper as arXiv describes it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

import arxiv

MAX_KEPT_AUTHORS = 40
"""Names that are kept of a long list; the person looked for is always among them."""
MAX_ABSTRACT = 2_000
NOTICE_LENGTH = 300
"""Characters at the beginning of an abstract in which a notice of withdrawal stands."""


class Record(BaseModel):
    """A record, its title and abstract still in LaTeX.

    `arxiv_id` is without the version; `categories` are arXiv's, the primary one first; `affiliations` are given
    by author, where the feed names any; `author_count` counts the whole list, of which `authors` may be a part.
    """

    model_config = ConfigDict(frozen=True)

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    published: datetime
    categories: tuple[str, ...] = ()
    affiliations: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    author_count: int = 0
    is_withdrawn: bool = False

    @property
    def url(self) -> str:
        """The page of the newest version."""
        return f"https://arxiv.org/abs/{self.arxiv_id}"


def as_record(result: arxiv.Result) -> Record | None:
    """A result of the library with all its authors; None where what makes a paper is missing."""
    identifier = result.get_short_id()
    authors = [(name, author.affiliation) for author in result.authors if (name := _one_line(author.name))]
    title = _one_line(result.title)
    if not authors or not title or "/" in identifier.removeprefix(_archive(identifier)):
        return None
    others = [category for category in result.categories if category != result.primary_category]
    abstract, comment = _one_line(result.summary), _one_line(result.comment or "")
    return Record(
        arxiv_id=_without_version(identifier),
        title=title,
        abstract=abstract[:MAX_ABSTRACT],
        authors=tuple(name for name, _ in authors),
        published=result.published,
        categories=tuple(filter(None, (result.primary_category, *others))),
        affiliations={name: tuple(map(_one_line, places)) for name, places in authors if places},
        author_count=len(authors),
        is_withdrawn=_tells_of_withdrawal(comment, abstract),
    )


def with_authors_around(record: Record, place: int) -> Record:
    """The record with at most MAX_KEPT_AUTHORS names: the first ones, and the one at `place` with its affiliations."""
    author = record.authors[place]
    shown = record.authors[:MAX_KEPT_AUTHORS]
    if place >= MAX_KEPT_AUTHORS:
        shown = (*shown[:-1], author)
    affiliations = {name: places for name, places in record.affiliations.items() if name == author}
    return record.model_copy(update={"authors": shown, "affiliations": affiliations})


def _archive(identifier: str) -> str:
    """`cond-mat/` of an identifier from before 2007."""
    archive, slash, _ = identifier.partition("/")
    return archive + slash if slash else ""


def _without_version(identifier: str) -> str:
    stem, letter, version = identifier.rpartition("v")
    return stem if letter and version.isdecimal() else identifier


def _tells_of_withdrawal(comment: str, abstract: str) -> bool:
    """arXiv keeps the record of a withdrawn paper: a comment says so, or a notice in place of the abstract."""
    notice = abstract[:NOTICE_LENGTH].casefold()
    return "withdrawn" in comment.casefold() or "been withdrawn" in notice or "is withdrawn" in notice


def _one_line(text: str) -> str:
    return " ".join(text.split())
