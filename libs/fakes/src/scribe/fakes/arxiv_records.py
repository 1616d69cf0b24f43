"""The records that the stand-in for arXiv knows, and its query language over them."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from scribe.fakes.people import KNOWN

_ATOM = "{http://www.w3.org/2005/Atom}"
REAL_FEED = "arxiv-au-del-maestro.xml"
_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r'\(|\)|AND(?=\s|\()|OR(?=\s|\()|(?P<field>[a-z]+):(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s()"]+))')
_HAVE_PAPERS = {"Jonas Lindqvist": "q-bio.PE", "Hana Sato": "cs.CL", "Peter van der Berg": "econ.GN"}
"""Who is invented and has records: historians do not publish on arXiv."""


@dataclass(frozen=True)
class FakeRecord:
    """One record; `published` is a date, `affiliation` the first author's."""

    arxiv_id: str
    title: str
    authors: tuple[str, ...]
    published: str = "2024-01-01"
    summary: str = "This record is invented."
    category: str = "physics.gen-ph"
    comment: str = ""
    affiliation: str = ""

    def as_entry(self) -> str:
        """The record in arXiv's form."""
        authors = "".join(
            f"<author><name>{escape(author)}</name>{self._affiliation if number == 0 else ''}</author>"
            for number, author in enumerate(self.authors)
        )
        comment = f"<arxiv:comment {_ARXIV}>{escape(self.comment)}</arxiv:comment>" if self.comment else ""
        return (
            f"<entry><id>http://arxiv.org/abs/{self.arxiv_id}v1</id><updated>{self.published}T00:00:00Z</updated>"
            f"<published>{self.published}T00:00:00Z</published><title>{escape(self.title)}</title>"
            f"<summary>{escape(self.summary)}</summary>{authors}{comment}"
            f'<arxiv:primary_category {_ARXIV} term="{self.category}"/><category term="{self.category}"/>'
            f'<link href="http://arxiv.org/abs/{self.arxiv_id}v1" rel="alternate" type="text/html"/></entry>\n'
        )

    @property
    def _affiliation(self) -> str:
        return f"<arxiv:affiliation {_ARXIV}>{escape(self.affiliation)}</arxiv:affiliation>" if self.affiliation else ""


_ARXIV = 'xmlns:arxiv="http://arxiv.org/schemas/atom"'


@dataclass(frozen=True)
class _Stored:
    published: str
    entry: str


@dataclass
class FakeRecords:
    """All records, by the words of their authors and of their texts."""

    _records: list[_Stored] = field(default_factory=list)
    _authors: dict[str, dict[int, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    _words: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of_known_people(cls) -> "FakeRecords":
        """The real feed of one real author, and a few invented records."""
        known = cls()
        real = ET.fromstring((files("scribe.fakes") / "data" / REAL_FEED).read_bytes())  # noqa: S314 - our own file
        for entry in real.findall(f"{_ATOM}entry"):
            known._add_entry(entry)
        for person in KNOWN:
            if person.name in _HAVE_PAPERS:
                known.add(
                    *(
                        FakeRecord(
                            f"240{number}.0{1000 + number}",
                            f"On {person.field}, part {number}: a study with invented data",
                            (person.name,),
                            f"2024-0{number}-01",
                            f"{person.sentences[0]} This record is invented.",
                            _HAVE_PAPERS[person.name],
                        )
                        for number in (1, 2, 3)
                    )
                )
        return known

    def add(self, *records: FakeRecord) -> None:
        """Let arXiv know these too."""
        for record in records:
            self._index(
                _Stored(record.published, record.as_entry()), record.authors, f"{record.title} {record.summary}"
            )

    def find(self, query: str) -> list[str]:
        """The entries that fit, the newest first.

        Raises:
            ValueError: the query is malformed.
        """
        found = _Parser(query, self).parse()
        newest = sorted(found, key=lambda number: (self._records[number].published, -number), reverse=True)
        return [self._records[number].entry for number in newest]

    def with_author(self, phrase: str) -> set[int]:
        """The records of which an author's name holds the words of the phrase in a row."""
        words = _words(phrase)
        padded = f" {' '.join(words)} "
        candidates = self._authors.get(words[-1], {}) if words else {}
        return {number for number, names in candidates.items() if any(padded in f" {name} " for name in names)}

    def with_word(self, word: str) -> set[int]:
        """The records in whose texts the word occurs; one that ends with `*` begins those that do."""
        if not word.endswith("*"):
            return set(self._words.get(word.casefold(), ()))
        begins = word[:-1].casefold()
        return set().union(*(numbers for known, numbers in self._words.items() if known.startswith(begins)))

    def _add_entry(self, entry: ET.Element) -> None:
        authors = [author.findtext(f"{_ATOM}name") or "" for author in entry.findall(f"{_ATOM}author")]
        texts = f"{entry.findtext(f'{_ATOM}title')} {entry.findtext(f'{_ATOM}summary')}"
        published = (entry.findtext(f"{_ATOM}published") or "")[:10]
        self._index(_Stored(published, ET.tostring(entry, encoding="unicode")), authors, texts)

    def _index(self, record: _Stored, authors: Iterable[str], texts: str) -> None:
        number = len(self._records)
        self._records.append(record)
        for author in authors:
            words = _words(author)
            for word in words:
                self._authors[word].setdefault(number, []).append(" ".join(words))
        for word in _words(texts):
            self._words[word].add(number)


class _Parser:
    """`(au:"a b" OR au:"c") AND all:word*`, read from left to right; AND binds before OR."""

    def __init__(self, query: str, records: FakeRecords) -> None:
        self._tokens = list(_TOKEN.finditer(query))
        if "".join(match.group() for match in self._tokens) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", query):
            raise ValueError("malformed query")
        self._records = records

    def parse(self) -> set[int]:
        """The records that fit."""
        found = self._any() if self._tokens else set()
        if self._tokens:
            raise ValueError("malformed query")
        return found

    def _any(self) -> set[int]:
        found = self._all()
        while self._takes("OR"):
            found |= self._all()
        return found

    def _all(self) -> set[int]:
        found = self._one()
        while self._takes("AND"):
            found &= self._one()
        return found

    def _one(self) -> set[int]:
        if self._takes("("):
            found = self._any()
            if not self._takes(")"):
                raise ValueError("malformed query")
            return found
        if not self._tokens or self._tokens[0]["field"] is None:
            raise ValueError("malformed query")
        token = self._tokens.pop(0)
        text = token["phrase"] if token["phrase"] is not None else token["word"]
        return self._records.with_author(text) if token["field"] == "au" else self._records.with_word(text)

    def _takes(self, text: str) -> bool:
        if self._tokens and self._tokens[0].group() == text:
            del self._tokens[0]
            return True
        return False


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
