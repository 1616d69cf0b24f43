"""The gaps of a template: `{{x}}` and `[x]`. References, footnotes, check boxes and Markdown links are none."""

import re
from dataclasses import dataclass

MAX_GAP = 1_000
"""Characters between the brackets of a gap."""

_GAP = re.compile(
    rf"\{{\{{(?P<curly>[^{{}}]{{1,{MAX_GAP}}})\}}\}}"
    rf"|\[\[(?P<double>[^\[\]]{{1,{MAX_GAP}}})\]\]"
    rf"|(?<!!)\[(?P<square>[^\[\]]{{1,{MAX_GAP}}})\]"
)
_OVERLONG = re.compile(rf"\{{\{{[^{{}}]{{{MAX_GAP + 1},}}|\[[^\[\]]{{{MAX_GAP + 1},}}\]")
_REFERENCE = re.compile(r"[\d\s,;–—.-]+|\^.*|@.*|sic!?|\.{3}|…", re.IGNORECASE | re.DOTALL)
_CHECK_BOX = re.compile(r"\s{0,20}(?:[-*+]|\d{1,3}\.)\s{0,20}")
_DEFINITION = re.compile(
    r"^[ \t]{0,3}\[(?P<name>[^\[\]\n]{1,100})\]:[ \t]{1,10}(?:<|\w{2,10}:|/|#|www\.)", re.MULTILINE
)
_LINK = re.compile(r"\((?:\w{2,10}:|/|#|www\.|[^\s()]{1,200}\))")
"""What follows the text of a Markdown link."""


@dataclass(frozen=True)
class Gap:
    """A gap as it stands in a text: `text` with its brackets, `label` without them."""

    text: str
    label: str
    start: int

    @property
    def end(self) -> int:
        """The place after its last character."""
        return self.start + len(self.text)


def find_gaps(text: str) -> list[Gap]:
    """Every gap, in the order in which they stand."""
    defined = frozenset(match["name"].casefold() for match in _DEFINITION.finditer(text))
    found: list[Gap] = []
    linked_until = 0
    for match in _GAP.finditer(text):
        reference = _GAP.match(text, match.end())
        if match["square"] is None or match.start() >= linked_until:
            if match["square"] and _is_link(match, reference, defined):
                linked_until = reference.end() if reference else match.end()
            elif gap := _gap(text, match):
                found.append(gap)
    return found


def _is_link(match: "re.Match[str]", following: "re.Match[str] | None", defined: frozenset[str]) -> bool:
    """Whether a bracket opens `[text](address)` or `[text][reference]`, or is a reference that is defined."""
    if following is not None and following["square"] and following["square"].casefold() in defined:
        return True
    return match["square"].casefold() in defined or _LINK.match(match.string, match.end()) is not None


def _gap(text: str, match: "re.Match[str]") -> Gap | None:
    label = next(group for group in match.groups() if group is not None).strip()
    gap = Gap(text=match.group(0), label=label, start=match.start())
    if match["square"] is None:
        return gap if label else None
    if not any(char.isalpha() for char in label) or _REFERENCE.fullmatch(label) or "\n\n" in label:
        return None
    line_start = text.rfind("\n", 0, match.start()) + 1
    is_box = label.lower() == "x" and match.start() - line_start <= 50
    return None if is_box and _CHECK_BOX.fullmatch(text[line_start : match.start()]) else gap


def fixed_parts(text: str) -> list[str]:
    """What stands before, between and after the gaps: always one part more than there are gaps."""
    parts: list[str] = []
    begin = 0
    for gap in find_gaps(text):
        parts.append(text[begin : gap.start])
        begin = gap.end
    return [*parts, text[begin:]]


def has_unbalanced_brace(text: str) -> bool:
    """Whether a curly brace outside the gaps has no partner."""
    depth = 0
    for char in "".join(fixed_parts(text)):
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return True
    return depth != 0


def overlong_gaps(text: str) -> list[str]:
    """The beginnings of what is bracketed as a gap and longer than `MAX_GAP`."""
    return [match.group()[:30] for match in _OVERLONG.finditer(text)]
