"""Cleaning the text of a page from Exa or the browser: one line for each paragraph, heading or list item.

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
NEIGHBOURS = 3
"""Lines before and after one that tell the width at which it may have been wrapped."""
MAX_PARTICLE = 2
"""Letters of a last word at which no heading stops."""
RAGGED = 0.88
"""Of that width a wrapped line reaches at least, with the first word of the next."""
LONG_CELL = 60
"""Characters from which a cell of a table is a text of its own: then the table is there for the layout."""
_REFERENCE_MARK = re.compile(r" ?\[ ?(?:\d{1,3}|[a-z]|edit|note \d{1,2}|citation needed) ?\](?!\()")
_SPACE_AT_PUNCTUATION = re.compile(r" (?=[,.;:)](?:\s|$))|(?<=\() ")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n ?")
_EMPTY_LINES = re.compile(r"\n{3,}")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]?(?:\s|$)")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
"""Categories of characters that nobody sees."""
_OPENING = "\"'‘’“„«("


@dataclass(frozen=True)
class Line:
    """A line of a page without markup."""

    text: str
    is_heading: bool = False


def clean(text: str, max_bytes: int) -> str:
    """`text` without control characters and needless blanks and empty lines, cut at a word so that it fits in UTF-8."""
    hidden = {ord(c): None for c in set(text) - {"\n", "\t"} if unicodedata.category(c) in _HIDDEN}
    visible = text.translate(hidden) if hidden else text
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
    for place, line in enumerate(stripped):
        if place and (
            _continues(stripped[place - 1], line, width)
            or (_may_be_prose(joined[-1]) and _has_no_room(stripped, place - 1, len(joined[-1])))
        ):
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
    if following.lstrip(_OPENING)[:1].islower() and len(line) >= MIN_CONTINUED and line[-1] not in ".!?:":
        return True
    return MIN_WRAP_WIDTH <= width <= MAX_WRAP_WIDTH and len(line) + 1 + len(_first_word(following)) > width


def _may_be_prose(parts: Sequence[str]) -> bool:
    """Whether the last of these lines, joined so far, stops within a sentence; headings and items of lists do not.

    Prose has had a sentence's end or a line's end before, or stops at a word such as "de" or "of".
    """
    last_word = parts[-1].rsplit(" ", 1)[-1]
    has_begun = len(parts) > 1 or _SENTENCE_END.search(parts[-1]) or len(last_word) <= MAX_PARTICLE
    return last_word.isalpha() and last_word.islower() and bool(has_begun)


def _has_no_room(lines: Sequence[str], place: int, joined: int) -> bool:
    """Whether a line is about as long as those around it can be, and a sentence ends soon after it.

    A block may hold headings, lists and paragraphs of one long line as well, so its longest line tells little: it is
    the lines already joined with this one, if there are any, and else those near it that tell the width.
    """
    line, following = lines[place], lines[place + 1]
    if not MIN_WRAP_WIDTH <= len(line) <= MAX_WRAP_WIDTH or not following:
        return False
    near = lines[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
    around = lines[place - joined + 1 : place + 1] if joined > 1 else near
    width = max(len(other) for other in around if len(other) <= MAX_WRAP_WIDTH)
    return len(line) + 1 + len(_first_word(following)) > RAGGED * width and _ends_soon(lines[place + 1 :])


def _ends_soon(lines: Sequence[str]) -> bool:
    """Whether a sentence ends in these lines before they become as short as headings and lists are."""
    for line in lines[:NEIGHBOURS]:
        if _SENTENCE_END.search(line):
            return True
        if len(line) < MIN_WRAP_WIDTH:
            break
    return False


def _first_word(line: str) -> str:
    """Up to the first blank; a French opening mark stands apart from its word, and is never wrapped away from it."""
    word, _, rest = line.partition(" ")
    return f"{word} {rest.partition(' ')[0]}" if word == "«" else word


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
