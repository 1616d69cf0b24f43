"""Does it lead anywhere? Links and addresses only where the template has them, or to a paper that was found."""

import re
from collections.abc import Iterator

from scribe.common.wording import fold, sentences
from scribe.composer.checks.problem import Problem
from scribe.composer.draft import Draft
from scribe.composer.material import Material

_DOMAINS = (
    "com|org|net|io|edu|gov|mil|int|ai|co|uk|de|fr|ch|at|nl|eu|us|ca|au|nz|jp|cn|ru|in|br|es|it|pl|se|no|fi|dk|be|cz|"
    "info|biz|me|app|dev|link|click|site|online|shop|store|xyz|top|tech|cloud|page|live|club|icu|tk|ly|gg|tv|to|"
    "example|test|invalid|local|onion"
)
_LINK = re.compile(
    r"(?:h(?:tt|xx)ps?|ftp|mailto|javascript|data|tel|file):\S+"
    r"|\bwww\.\S+"
    r"|\]\([^)\s]+[^)]*\)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.|\s?\[\.\]\s?|\s\(dot\)\s|\sdot\s))+(?:{_DOMAINS})\b(?:/\S*)?"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b(?:[:/]\S*)?"
    r"|\b(?:0x|bc1|[13])[a-zA-Z0-9]{25,62}\b",
    re.IGNORECASE,
)
_END = ".,;:!?)]}>\"'”’"


def holds_foreign_links(draft: Draft, material: Material) -> Iterator[Problem]:
    """A link, e-mail address or the like that neither the sender gave nor belongs to a paper that was found."""
    for link in links_of(draft.body):
        if _is_given(fold(link), material):
            continue
        bearing = tuple(sentence for sentence in sentences(draft.body) if link in sentence)
        yield Problem(
            "holds_foreign_links", f"The link or address {link} is not in the template. Leave it out.", bearing
        )


def _is_given(link: str, material: Material) -> bool:
    """A bare domain may also come from the interest: `fast.ai` is a subject."""
    if link in fold(material.template) or link in {fold(paper.url) for paper in material.papers}:
        return True
    return not set("/@:[") & set(link) and link in fold(material.interest)


def links_of(text: str) -> list[str]:
    """Everything in a text that a reader or a mail program could follow, each once."""
    return list(dict.fromkeys(match.group().rstrip(_END) for match in _LINK.finditer(text)))
