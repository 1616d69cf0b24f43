"""What a command answers: rows of named values, written as a table or as JSON."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = Mapping[str, object]


@dataclass(frozen=True)
class Answer:
    """Rows with the same keys. `nothing` is the sentence where there are none; not `is_good` ends with exit code 1."""

    rows: Sequence[Row]
    nothing: str = "Nothing."
    is_good: bool = True


def write(answer: Answer, *, as_json: bool) -> None:
    """Write to stdout."""
    text = json.dumps(list(answer.rows), indent=2, default=str) if as_json else table(answer)
    sys.stdout.write(f"{text}\n")


def table(answer: Answer) -> str:
    """Columns as wide as their widest value."""
    if not answer.rows:
        return answer.nothing
    lines = [list(answer.rows[0]), *([_text(value) for value in row.values()] for row in answer.rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def _text(value: object) -> str:
    """One line of printable characters: what came from elsewhere must not move the terminal's cursor."""
    return "".join(character if character.isprintable() else " " for character in str(value))
