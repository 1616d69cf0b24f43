"""Recipients from a file as people make it. Every row that cannot be used is named with its line."""

from collections.abc import Iterator, Mapping
from itertools import islice

from pydantic import ValidationError

from scribe.gateway.problems import Unprocessable
from scribe.gateway.queue.cells import Row, rows_of, wrong
from scribe.gateway.queue.columns import HEADERS, as_column
from scribe.gateway.queue.models import Recipient

MAX_ROWS = 100


def read_recipients(content: bytes) -> list[Recipient]:
    """The recipients of a file: CSV in UTF-8 (commas, semicolons or tabs) or .xlsx; 1 to 100 rows.

    Raises:
        Unprocessable: with a list of all that is wrong, each with its line.
    """
    rows = rows_of(content)
    _, header = next(rows, (1, []))
    places = _places(header)
    found = list(islice(rows, MAX_ROWS + 1))
    if not found:
        raise Unprocessable(wrong(1, "", "too_short", "The file has no row below its first line."))
    if len(found) > MAX_ROWS:
        raise Unprocessable(wrong(found[MAX_ROWS][0], "", "too_long", f"The file has more than {MAX_ROWS} rows."))
    recipients: list[Recipient] = []
    problems: list[Mapping[str, object]] = []
    for row in found:
        try:
            _raise_if_shifted(row, header)
            recipients.append(Recipient.model_validate(_named(row, places)))
        except Unprocessable as problem:
            problems += problem.places
        except ValidationError as error:
            problems += _places_of(row, error)
    if problems:
        raise Unprocessable(*problems)
    return recipients


def _places(header: list[str]) -> dict[str, int]:
    """In which cell of a row each column stands.

    Raises:
        Unprocessable: the first line names it not.
    """
    names = [as_column(cell) for cell in header]
    found = {
        column: names.index(variant)
        for column, variants in HEADERS.items()
        for variant in reversed(variants)
        if variant in names
    }
    if missing := [column for column in HEADERS if column not in found]:
        message = f"The first line must name the columns {' and '.join(HEADERS)}."
        raise Unprocessable(*(wrong(1, column, "missing", message) for column in missing))
    return found


def _raise_if_shifted(row: Row, header: list[str]) -> None:
    """A name with a comma in it, not quoted, shifts all that follows: `Maid, Amy,quantum fluids`."""
    line, cells = row
    surplus = [cell for cell in cells[len(header) :] if cell]
    if surplus:
        message = (
            f"This row has {len(cells)} cells and the first line names {len(header)} columns. "
            'A text with a comma must stand in quotes: "Maid, Amy".'
        )
        raise Unprocessable(wrong(line, "", "too_many_cells", message))


def _named(row: Row, places: Mapping[str, int]) -> dict[str, str]:
    _, cells = row
    return {name: cells[place] if place < len(cells) else "" for name, place in places.items()}


def _places_of(row: Row, error: ValidationError) -> Iterator[Mapping[str, object]]:
    for problem in error.errors():
        yield wrong(row[0], str(problem["loc"][0]), problem["type"], problem["msg"])
