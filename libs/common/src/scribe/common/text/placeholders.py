"""The gaps of a template: `{{x}}` and `[x]`. References, footnotes, check boxes and markdown links are none."""

import re
from dataclasses import dataclass

_GAP = re.compile(
    r"\{\{\s*(?P<curly>[^{}\s][^{}]{0,300}?)\s*\}\}"
    r"|\[\[\s*(?P<double>[^\[\]\s][^\[\]]{0,300}?)\s*\]\]"
    r"|(?<![\]!])\[(?P<square>[^\[\]\n]{1,300})\](?!\(|\[|:\s)"
)
_REFERENCE = re.compile(r"[\d\s,;–—.-]+|\^.*|@.*|sic!?|\.{3}|…", re.IGNORECASE)
_CHECK_BOX = re.compile(r"^\s*(?:[-*+]|\d+\.)\s*$")


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
    return [gap for match in _GAP.finditer(text) if (gap := _gap(text, match)) is not None]


def _gap(text: str, match: "re.Match[str]") -> Gap | None:
    label = next(group for group in match.groups() if group is not None).strip()
    gap = Gap(text=match.group(0), label=label, start=match.start())
    if match.group("square") is None:
        return gap
    if not any(char.isalpha() for char in label) or _REFERENCE.fullmatch(label):
        return None
    line_start = text.rfind("\n", 0, match.start()) + 1
    if label.lower() == "x" and _CHECK_BOX.match(text[line_start : match.start()]):
        return None
    return gap


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
