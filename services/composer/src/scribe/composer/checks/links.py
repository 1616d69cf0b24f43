"""Does it lead anywhere? Links and addresses only where the template has them, or to a paper that was found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scribe.common.text.wording import fold, sentences
from scribe.composer.checks.problem import Problem
from scribe.composer.draft import Draft
from scribe.composer.material import Material

_DOMAINS = (
    "com|org|net|io|edu|gov|mil|int|ai|co|uk|de|fr|ch|at|nl|eu|us|ca|au|nz|jp|cn|ru|in|br|es|it|pl|se|no|fi|dk|be|cz|"
    "info|biz|me|app|dev|link|click|site|online|shop|store|xyz|top|tech|cloud|page|live|club|icu|tk|ly|gg|tv|to|"
    "example|test|invalid|local|onion"
)
_DOT = re.compile(r"\s?\[\.\]\s?|\s\(dot\)\s|\sdot\s", re.IGNORECASE)
_LINK = re.compile(
    r"(?:h(?:tt|xx)ps?|ftp|mailto|javascript|data|tel|file):\S+"
    r"|\bwww\.\S+"
    r"|\]\([^)\s]+\)?"
    r"|[\w.+-]++@[\w-]++\.\S+"
    rf"|\b(?:[a-z0-9-]++\.)++(?:{_DOMAINS})\b(?:[/:?#]\S*)?"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b(?:[/:]\S*)?"
    r"|\b(?:0x|bc1|[13])[a-z0-9]{25,62}\b",
    re.IGNORECASE,
)
_END = ".,;:!?)]}>\"'”’"
MAX_WORD = 500


def holds_foreign_links(draft: Draft, material: Material) -> Iterator[Problem]:
    """A link, e-mail address or the like that neither the sender gave nor belongs to a paper that was found."""
    given = _Given.of(material)
    foreign: dict[str, list[str]] = {}
    for sentence in sentences(draft.body):
        for link in links_of(sentence):
            if not given.allows(fold(link)):
                foreign.setdefault(link, []).append(sentence)
    for link, bearing in foreign.items():
        yield Problem(
            "holds_foreign_links", f"The link or address {link} is not in the template. Leave it out.", tuple(bearing)
        )


@dataclass(frozen=True)
class _Given:
    """Where a link may come from."""

    template: str
    interest: str
    papers: frozenset[str]

    @classmethod
    def of(cls, material: Material) -> "_Given":
        papers = frozenset(fold(paper.url) for paper in material.papers)
        return cls(fold(undisguised(material.template)), fold(material.interest), papers)

    def allows(self, link: str) -> bool:
        """A bare domain may also come from the interest: `fast.ai` is a subject."""
        if link in self.template or link in self.papers:
            return True
        return not set("/@:[") & set(link) and link in self.interest


def links_of(text: str) -> list[str]:
    """Everything in a text that a reader or a mail program could follow, each once, its dots written as dots."""
    candidates = (word.rstrip(_END)[:MAX_WORD] for word in undisguised(text).split())
    return list(dict.fromkeys(match.group().rstrip(_END) for word in candidates for match in _LINK.finditer(word)))


def undisguised(text: str) -> str:
    """`evil[.]com` and `evil dot com` as `evil.com`."""
    return _DOT.sub(".", text)
