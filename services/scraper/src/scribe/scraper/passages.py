"""Passages: the numbered pieces in which a page is read and quoted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribe.common.text.injection import reads_like_an_instruction
from scribe.common.text.language import language_of
from scribe.common.text.sentences import parts_of, split_sentences
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.page_text import Line, lines_of

MIN_LABELS = 12
"""Words from which a line without an end is labels that have run together."""
_ENDS = (".", "!", "?", "…", "\u3002", "\uff01", "\uff1f", "\u061f", "\u06d4", "\u0964")
"""Also those of Chinese, Arabic, Urdu and Hindi."""
_CLOSING = " \"'”’»)]*_"
_WORD = re.compile(r"\w+")
_SET_APART = re.compile(r"[,;:|]\s")
MAX_PASSAGE = 700
"""Characters; a longer sentence is a page whose lines were lost, and is cut at a blank."""
LOST_LINES = 200
"""Characters of a line from which headings may have run into its sentences."""


@dataclass(frozen=True)
class Passage:
    """One sentence, heading or list item: a verbatim piece of its page's text. `number` counts from 1 in the page."""

    source_id: str
    number: int
    text: str
    is_heading: bool = False

    @property
    def id(self) -> str:
        """As `S2.14`."""
        return f"{self.source_id}.{self.number}"

    @property
    def is_sentence(self) -> bool:
        """Whether it ends like a sentence; headings, labels and menus do not."""
        return self.text.rstrip(_CLOSING).endswith(_ENDS)

    @property
    def is_entry(self) -> bool:
        """Whether it is an entry of a list, such as a post or an award: without an end, with its parts set apart."""
        return not self.is_sentence and not self.is_heading and _SET_APART.search(self.text) is not None

    @property
    def is_run_of_labels(self) -> bool:
        """Whether it is labels that have run together: names and titles mostly, and nothing between them."""
        words = _WORD.findall(self.text)
        capitals = sum(not word[0].islower() for word in words)
        are_labels = len(words) >= MIN_LABELS and capitals > len(words) / 2
        return are_labels and not self.is_sentence and not self.is_entry


@dataclass(frozen=True)
class PageText:
    """A page's text without markup, one line for each paragraph, and the passages that it consists of."""

    text: str
    passages: tuple[Passage, ...]
    language: str | None
    hostile: int = 0
    """Passages left out because they speak to a model."""


def read_page(source_id: str, text: str, recipient: NameMatcher) -> PageText:
    """The passages of a page, in their order."""
    lines = lines_of(text)
    whole = "\n".join(line.text for line in lines)
    language = language_of(whole)
    pieces = [piece for line in lines for piece in _pieces(line, language, recipient)]
    fit = [(piece, is_heading) for piece, is_heading in pieces if not reads_like_an_instruction(piece)]
    passages = tuple(Passage(source_id, number, *piece) for number, piece in enumerate(fit, 1))
    return PageText(whole, passages, language, hostile=len(pieces) - len(fit))


def _pieces(line: Line, language: str | None, recipient: NameMatcher) -> Iterator[tuple[str, bool]]:
    for sentence in split_sentences(line.text, language):
        end = recipient.headings_end(sentence) if len(line.text) > LOST_LINES else 0
        for piece in (sentence[:end], sentence[end:]):
            for part in parts_of(piece.strip(), MAX_PASSAGE):
                if part.strip():
                    yield part.strip(), line.is_heading


def joined(passages: Sequence[Passage], page: str, separator: str) -> str:
    """The passages of one page as a quote: as they stand there where they follow each other, else with `separator`."""
    quote = ""
    for before, passage in zip((None, *passages), passages, strict=False):
        follows = before is not None and passage.number == before.number + 1
        together = f"{before.text} {passage.text}" if before is not None else ""
        quote += (" " if follows and together in page else separator if quote else "") + passage.text
    return quote
