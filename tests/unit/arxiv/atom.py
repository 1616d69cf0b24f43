"""Feeds as arXiv sends them, made for a test."""

from datetime import UTC, datetime
from pathlib import Path

from scribe.arxiv.records import Record

REAL = Path(__file__).with_name("del-maestro.xml")
"""arXiv's answer to `au:"A. Del Maestro"`, cut to six records; arXiv's metadata is CC0."""


def author(*names: str) -> str:
    """The elements of these authors."""
    return "".join(f"<author><name>{name}</name></author>" for name in names)


def entry(identifier: str = "http://arxiv.org/abs/2401.00001v1", **parts: str) -> str:
    """A record with these parts."""
    given = {
        "title": "A title",
        "summary": "An abstract.",
        "published": "2024-01-01T00:00:00Z",
        "updated": "2024-01-01T00:00:00Z",
        "author": author("A. Example"),
        "comment": "",
        **parts,
    }
    comment = f'<a:comment xmlns:a="http://arxiv.org/schemas/atom">{given["comment"]}</a:comment>'
    return (
        f"<entry><id>{identifier}</id><title>{given['title']}</title><summary>{given['summary']}</summary>"
        f"<published>{given['published']}</published><updated>{given['updated']}</updated>{given['author']}{comment}"
        '<category term="cs.LG"/></entry>'
    )


def feed(*entries: str, total: str | None = None) -> bytes:
    """An Atom feed of these records."""
    count = str(len(entries)) if total is None else total
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<opensearch:totalResults>{count}</opensearch:totalResults>{''.join(entries)}</feed>"
    ).encode()


def record(title: str, *authors: str, **fields: object) -> Record:
    """A record of this year by these authors."""
    given = {
        "arxiv_id": f"2401.{abs(hash((title, authors))) % 100000:05}",
        "title": title,
        "abstract": "",
        "authors": authors,
        "author_count": len(authors),
        "published": datetime(2024, 1, 1, tzinfo=UTC),
        **fields,
    }
    return Record.model_validate(given)
