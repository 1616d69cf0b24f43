"""Does it lead anywhere? Links and addresses only where the template has them, or to a paper that was found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scribe.common.text.contacts import is_host
from scribe.common.text.folding import fold
from scribe.composer.checks.problem import DraftProblem
from scribe.composer.draft import Draft, legible
from scribe.composer.material import Material

_DOT = re.compile(r"\s?\[\.\]\s?|\s\(dot\)\s|\sdot\s", re.IGNORECASE)
_LINK = re.compile(
    r"(?:h(?:tt|xx)ps?|ftp|mailto|javascript|data|tel|file):\S+"
    r"|\bwww\.\S+"
    r"|\]\([^)\s]+\)?"
    r"|[\w.+-]{1,64}+@[\w-]{1,63}+\.\S+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b(?:[/:]\S*)?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\b(?:[\w-]{1,63}+\.){1,20}+[^\W\d_]{2,24}\b(?:[/:?#]\S*)?")
_END = ".,;:!?)]}>\"'”’"
MAX_WORD = 500


def holds_foreign_links(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """A link, e-mail address or the like that neither the sender gave nor belongs to a paper that was found."""
    given = _Given.of(material)
    foreign: dict[str, list[str]] = {}
    for line in draft.body.splitlines():
        for link in links_of(line):
            if not given.allows(fold(link)):
                foreign.setdefault(link, []).extend(sentences_with(link, line, material))
    for link, bearing in foreign.items():
        yield DraftProblem(
            "holds_foreign_links", f"The link or address {link} is not in the template. Leave it out.", tuple(bearing)
        )


def sentences_with(piece: str, line: str, material: Material) -> list[str]:
    """The sentences of a line that hold a piece of it; all of them where it is disguised or stands over an end."""
    sentences = material.sentences(line)
    return [sentence for sentence in sentences if piece in sentence] or sentences


@dataclass(frozen=True)
class _Given:
    """Where a link may come from."""

    template: str
    names: str
    papers: frozenset[str]

    @classmethod
    def of(cls, material: Material) -> "_Given":
        titles = "\n".join((material.interest, *(paper.title for paper in material.papers)))
        papers = frozenset(fold(paper.url) for paper in material.papers)
        return cls(fold(undisguised(material.template)), fold(titles), papers)

    def allows(self, link: str) -> bool:
        """A bare domain may also come from the interest or a title: `fast.ai` is a subject."""
        if link in self.template or link in self.papers:
            return True
        return not set("/@:[") & set(link) and link in self.names


def links_of(text: str) -> list[str]:
    """Everything in a text that a reader or a mail program could follow, each once, its dots written as dots."""
    candidates = [word.rstrip(_END)[:MAX_WORD] for word in undisguised(text).split()]
    found = [match.group() for word in candidates for match in _LINK.finditer(word)]
    rest = (_LINK.sub(" ", word) for word in candidates)
    found += [match.group() for word in rest for match in _DOTTED.finditer(word) if is_host(match.group())]
    return list(dict.fromkeys(link.rstrip(_END) for link in found))


def undisguised(text: str) -> str:
    """`evil[.]com`, `evil dot com` and `evil。com` as `evil.com`."""
    return _DOT.sub(".", legible(text))
