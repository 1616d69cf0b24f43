"""Text taken apart: clean text of a limited size, paragraphs, sentences."""

import re
import unicodedata
from collections.abc import Iterator

from scribe.common.text.names import fold

_BLANK = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r"\s*\n\s*")
_END = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9À-ÖØ-Þ])|(?<=[\u3002\uff01\uff1f])")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|Dr|Prof|Mr|Mrs|Ms|St|Sr|Jr|vs|e\.g|i\.e|cf|al|no|No|vol|Vol|pp|p|Fig|fig|Eq|approx|ca|U\.S|U\.K|Ph\.D"
    r"|Inc|Ltd|Co|Univ|Dept|Assoc|Asst|Rev|Phys|Lett|Sci|Nat|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\.$"
)
_WORDS = re.compile(r"[^\W_]+")


def clean(text: str, max_bytes: int) -> str:
    """`text` without control characters and needless blanks, cut at a word so that it fits in UTF-8."""
    visible = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    tidy = _BREAKS.sub("\n", _BLANK.sub(" ", visible)).strip()
    encoded = tidy.encode()
    if len(encoded) <= max_bytes:
        return tidy
    cut = encoded[:max_bytes].decode(errors="ignore")
    return cut[: max(cut.rfind(" "), cut.rfind("\n"), len(cut) // 2)].rstrip()


def paragraphs(text: str) -> Iterator[str]:
    """The lines of a cleaned text."""
    return (line for line in text.split("\n") if line.strip())


def sentences(paragraph: str) -> list[str]:
    """The sentences of a paragraph, as they stand there."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(paragraph):
        piece = paragraph[start : match.end()].strip()
        if _ABBREVIATION.search(piece):
            continue
        found.append(piece)
        start = match.end()
    rest = paragraph[start:].strip()
    return [*found, rest] if rest else found


def folded_words(text: str) -> str:
    """The words of a text, folded, with single spaces around each: white space, case and quotes do not matter."""
    return f" {' '.join(_WORDS.findall(fold(text)))} "


def stands_in(quote: str, folded_text: str) -> bool:
    """Whether a quote stands in a text that has been through `folded_words`, word for word."""
    words = folded_words(quote)
    return len(words) > 2 and words in folded_text
