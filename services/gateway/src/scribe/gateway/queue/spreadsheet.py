"""Recipients from a CSV file as spreadsheets write them. Every row that cannot be used is named with its line."""

import csv
import io
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from scribe.gateway.problems import Unprocessable, invalid
from scribe.gateway.queue.models import Recipient

COLUMNS = ("recipient_name", "recipient_interest")
MAX_ROWS = 100
MAX_BYTES = 512 * 1024
DELIMITERS = ",;\t"

Row = tuple[int, Mapping[str, str]]
"""A row of a file, and the line on which it begins, from 1."""


def read_recipients(content: bytes) -> list[Recipient]:
    """The recipients of a file: UTF-8 with or without a BOM; commas, semicolons or tabs; 1 to 100 rows.

    Raises:
        Unprocessable: with a list of all that is wrong, each with its line.
    """
    if len(content) > MAX_BYTES:
        raise Unprocessable(_wrong(1, "", "too_large", f"The file is larger than {MAX_BYTES} bytes."))
    rows = list(_first_rows(_text(content)))
    if not rows:
        raise Unprocessable(_wrong(1, "", "too_short", "The file has no row below its first line."))
    if len(rows) > MAX_ROWS:
        message = f"The file has more than {MAX_ROWS} rows."
        raise Unprocessable(_wrong(rows[MAX_ROWS][0], "", "too_long", message))
    recipients: list[Recipient] = []
    problems: list[Mapping[str, object]] = []
    for line, row in rows:
        try:
            recipients.append(Recipient.model_validate(row))
        except ValidationError as error:
            problems += [_wrong(line, str(p["loc"][0]), p["type"], p["msg"]) for p in error.errors()]
    if problems:
        raise Unprocessable(*problems)
    return recipients


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "The file is not UTF-8. Export it as “CSV UTF-8”."
        raise Unprocessable(_wrong(1, "", "encoding", message)) from None


def _first_rows(text: str) -> Iterator[Row]:
    """The rows that are not empty, one more than there may be at most."""
    found = 0
    for row in _rows(text):
        if found <= MAX_ROWS and any(row[1].values()):
            found += 1
            yield row


def _rows(text: str) -> Iterator[Row]:
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=header.count), strict=True)
    line = 1
    try:
        places = _places(next(reader, []))
        line = reader.line_num + 1
        for cells in reader:
            yield line, {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unprocessable(_wrong(line, "", "csv", f"This row cannot be read: {error}.")) from None


def _places(header: list[str]) -> dict[str, int]:
    """In which cell of a row each column stands."""
    names = [name.strip().lower() for name in header]
    if missing := [column for column in COLUMNS if column not in names]:
        message = f"The first line must name the columns {' and '.join(COLUMNS)}."
        raise Unprocessable(*(_wrong(1, column, "missing", message) for column in missing))
    return {column: names.index(column) for column in COLUMNS}


def _wrong(line: int, column: str, kind: str, message: str) -> Mapping[str, object]:
    return invalid(kind, ["body", "file", line, *([column] if column else [])], f"Line {line}: {message}")
