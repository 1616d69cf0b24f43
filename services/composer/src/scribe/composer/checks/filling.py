"""What a draft puts into a gap of its template, found by the words around the gap."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from scribe.common.text.placeholders import find_gaps, fixed_parts

CONTEXT = 40
"""Characters of the template on each side of a gap that tell its place."""
MAX_FILLING = 400

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class _Body:
    """A draft's words, folded, and where each begins and ends."""

    text: str

    @cached_property
    def spans(self) -> list[tuple[str, int, int]]:
        return [(match.group().casefold(), match.start(), match.end()) for match in _WORD.finditer(self.text)]

    def places_of(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where these words occur in a row. The first and the last may be parts of words, since the context was cut."""
        count = len(words)
        for index in range(len(self.spans) - count + 1):
            if self._stands_at(index, words):
                yield self.spans[index][1], self.spans[index + count - 1][2]

    def _stands_at(self, index: int, words: Sequence[str]) -> bool:
        last = len(words) - 1
        return all(
            written == word or (place == 0 and written.endswith(word)) or (place == last and written.startswith(word))
            for place, word in enumerate(words)
            if (written := self.spans[index + place][0])
        )


def filling_of(gap_text: str, template: str, body: str) -> str | None:
    """What stands in the body where the template has this gap, None where the words around it do not tell."""
    parts = fixed_parts(template)
    index = next((i for i, gap in enumerate(find_gaps(template)) if gap.text == gap_text), None)
    before = _WORD.findall(parts[index][-CONTEXT:].casefold()) if index is not None else []
    if index is None or not before:
        return None
    written = _Body(body)
    is_last = index + 2 == len(parts)
    ends = _ends(parts[index + 1], written, is_last=is_last)
    needs_words = _ends_its_line(parts[index + 1], is_last=is_last)
    for _, place in written.places_of(before):
        begin = next((at for at in range(place, len(body)) if _is_of_word(body[at])), len(body))
        following = bisect_left(ends, begin if needs_words else place)
        if following < len(ends) and ends[following] - begin <= MAX_FILLING:
            return body[begin : ends[following]].rstrip() if ends[following] > begin else ""
    return None


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_"


def _ends(part: str, body: _Body, *, is_last: bool) -> list[int]:
    """Where a filling may end before this part of the template: at words, at a mark, or at an end of a line."""
    if _ends_its_line(part, is_last=is_last):
        return _ends_of_lines(body.text)
    following = _WORD.findall(part[:CONTEXT].casefold())
    if following:
        return [_without_marks(body.text, begin) for begin, _ in body.places_of(following)]
    mark = part.strip()
    return [at for at in range(len(body.text)) if body.text.startswith(mark, at)] if mark else []


def _ends_its_line(part: str, *, is_last: bool) -> bool:
    line, newline, _ = part.partition("\n")
    return not _WORD.search(line) and bool(newline or is_last)


def _ends_of_lines(text: str) -> list[int]:
    found = [at for at, char in enumerate(text) if char == "\n"]
    return [_without_marks(text, end) for end in [*found, len(text)]]


def _without_marks(text: str, end: int) -> int:
    """The place after the last word in front of `end`, within its line."""
    while end > 0 and not _is_of_word(text[end - 1]) and text[end - 1] != "\n":
        end -= 1
    return end
