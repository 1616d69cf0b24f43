"""The columns of a file of recipients, and what people call them."""

import csv
from collections.abc import Mapping

HEADERS: Mapping[str, tuple[str, ...]] = {
    "recipient_name": ("recipient name", "recipient", "name", "full name", "professor"),
    "recipient_interest": ("recipient interest", "interest", "interests", "research interest", "research interests"),
}
"""What people call the columns, the most telling name first. Case, `_` and `-` do not count."""
DELIMITERS = ",;\t"
_KNOWN = frozenset(variant for variants in HEADERS.values() for variant in variants)


def as_column(cell: str) -> str:
    """A cell of the first line as `HEADERS` writes it."""
    return " ".join(cell.replace("_", " ").replace("-", " ").lower().split())


def delimiter_of(line: str) -> str:
    """What separates the cells of a first line: what gives most columns that are known, then what is most frequent."""
    return max(DELIMITERS, key=lambda delimiter: (_known_columns(line, delimiter), line.count(delimiter)))


def _known_columns(line: str, delimiter: str) -> int:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a cell longer than the reader takes
        return 0
    return len(_KNOWN.intersection(map(as_column, cells)))
