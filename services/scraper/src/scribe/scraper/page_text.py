"""From the text of a page, as Exa or the browser gives it, to clean lines: one paragraph, heading or list item each.

Pages come as Markdown or something like it. Links and emphasis become their text, entities are decoded, reference marks
go, wrapped lines are joined, list items and the rows of tables stand on lines of their own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

MIN_WRAP_WIDTH, MAX_WRAP_WIDTH = 50, 110
"""Between these lies the width at which people and programs wrap lines."""
MIN_CONTINUED = 30
"""Characters of a line that a line with a small first letter continues."""
LONG_CELL = 60
"""Characters from which a cell of a table is a text of its own: then the table is there for the layout."""
_REFERENCE_MARK = re.compile(r" ?\[ ?(?:\d{1,3}|[a-z]|edit|note \d{1,2}|citation needed) ?\](?!\()")
_SPACE_AT_PUNCTUATION = re.compile(r" (?=[,.;:)](?:\s|$))|(?<=\() ")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Line:
    """A line of a page without markup."""

    text: str
    is_heading: bool = False


def clean(text: str, max_bytes: int) -> str:
    """`text` without control characters and needless blanks and empty lines, cut at a word so that it fits in UTF-8."""
    visible = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    tidy = _EMPTY_LINES.sub("\n\n", _BREAKS.sub("\n", _BLANKS.sub(" ", visible))).strip()
    encoded = tidy.encode()
    if len(encoded) <= max_bytes:
        return tidy
    cut = encoded[:max_bytes].decode(errors="ignore")
    return cut[: max(cut.rfind(" "), cut.rfind("\n"), len(cut) // 2)].rstrip()


def lines_of(text: str) -> list[Line]:
    """The lines of a page's text that hold a letter or a digit."""
    parser = _parser()
    shown = (
        Line(_plain(parser, line), is_heading)
        for block, is_heading in _blocks(parser.parse(text))
        for line in unwrapped(block.split("\n"))
    )
    return [line for line in shown if any(map(str.isalnum, line.text))]


@cache
def _parser() -> MarkdownIt:
    """CommonMark with tables; what plain text only looks like (indented code, HTML, escapes) is text."""
    return MarkdownIt("commonmark").enable("table").disable(["code", "html_block", "reference", "escape"])


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """The Markdown of each block, and whether it is a heading."""
    number, cells, opening = "", list[str](), ""
    for token in tokens:
        if token.type == "list_item_open":
            number = f"{token.info}. " if len(token.info) > 2 else ""  # a year at a line's start is no numbering
        elif token.type == "tr_close":
            yield from ((row, False) for row in _rows(cells))
            cells = []
        elif token.type == "inline" and opening in {"td_open", "th_open"}:
            cells.append(token.content)
        elif token.type in {"inline", "fence"}:
            yield number + token.content, opening == "heading_open"
            number = ""
        opening = token.type


def _rows(cells: Iterable[str]) -> Iterator[str]:
    """The row of a table as one line, its long cells as lines of their own."""
    short = []
    for cell in cells:
        if len(cell) < LONG_CELL:
            short.append(cell)
        else:
            yield cell
    yield " | ".join(short)


def unwrapped(lines: Iterable[str]) -> list[str]:
    """The lines of one block, with those joined that were one before they were wrapped."""
    stripped = [line.strip() for line in lines]
    width = max(map(len, stripped), default=0)
    joined: list[list[str]] = []
    for line in stripped:
        if joined and _continues(joined[-1][-1], line, width):
            joined[-1].append(line)
        else:
            joined.append([line])
    return [" ".join(parts) for parts in joined]


def _continues(line: str, following: str, width: int) -> bool:
    """Whether a line goes on in the following one: by its first letter, or because its first word had no room."""
    if not line or not following:
        return False
    if following[0] in ",.;)":
        return True
    if following[0].islower() and len(line) >= MIN_CONTINUED and line[-1] not in ".!?:":
        return True
    first_word = following.split(" ", 1)[0]
    return MIN_WRAP_WIDTH <= width <= MAX_WRAP_WIDTH and len(line) + 1 + len(first_word) > width


def _plain(parser: MarkdownIt, line: str) -> str:
    """A line of Markdown as a reader sees it."""
    children = parser.parseInline(line)[0].children or []
    text = " ".join("".join(map(_text_of, children)).split())
    return _SPACE_AT_PUNCTUATION.sub("", _REFERENCE_MARK.sub("", text)).strip()


def _text_of(token: Token) -> str:
    if token.type in {"text", "text_special", "code_inline"}:
        return token.content
    is_break = token.type in {"softbreak", "hardbreak"} or token.content.lower().startswith("<br")
    return " " if is_break else ""
