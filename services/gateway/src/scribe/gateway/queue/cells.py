"""Reading rows of cells from a file: CSV as spreadsheets write it, or the first sheet of an .xlsx."""

import csv
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from itertools import islice

from scribe.gateway.problems import Unprocessable, invalid
from scribe.gateway.queue.columns import delimiter_of

MAX_BYTES = 512 * 1024
MAX_LINES = 2_000
"""Lines that are read, blank ones included."""
MAX_UNPACKED_BYTES = 8 * 1024 * 1024
MAX_COLUMNS = 100
ZIP_MAGIC = b"PK\x03\x04"

BROKEN_WORKBOOK = (
    *(zipfile.BadZipFile, zlib.error, struct.error, SyntaxError, OSError, EOFError),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RuntimeError),
)
"""What openpyxl and the libraries below it raise on a workbook that is damaged, encrypted or made up."""

Row = tuple[int, list[str]]
"""The cells of a row without the space around them, and the line on which it begins, from 1."""


def rows_of(content: bytes) -> Iterator[Row]:
    """The rows that are not blank.

    Raises:
        Unprocessable: it is neither CSV in UTF-8 nor an .xlsx, or too large.
    """
    if len(content) > MAX_BYTES:
        raise Unprocessable(wrong(1, "", "too_large", f"The file is larger than {MAX_BYTES} bytes."))
    rows = _sheet(content) if content.startswith(ZIP_MAGIC) else _csv(_text(content))
    for line, cells in rows:
        if line > MAX_LINES:
            raise Unprocessable(wrong(line, "", "too_long", f"The file has more than {MAX_LINES} lines."))
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            yield line, stripped


def wrong(line: int, column: str, kind: str, message: str) -> Mapping[str, object]:
    """One problem of a file, with its line."""
    return invalid(kind, ["body", "file", line, *([column] if column else [])], f"Line {line}: {message}")


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "The file is neither UTF-8 nor .xlsx. Export it as “CSV UTF-8”."
        raise Unprocessable(wrong(1, "", "encoding", message)) from None


def _csv(text: str) -> Iterator[Row]:
    """Excel may write `sep=;` first; without it the first line tells the delimiter."""
    head = next((line for line in islice(text.splitlines(), MAX_LINES) if line.strip()), "")
    declared = head[4:5] if head[:4].lower() == "sep=" and len(head) == 5 else ""
    delimiter = declared or delimiter_of(head)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if not (declared and "".join(cells).lower() == "sep="):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unprocessable(wrong(line, "", "csv", f"This row cannot be read: {error}.")) from None


def _sheet(content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook  # noqa: PLC0415 - with numpy it takes 12 MiB, and few upload a workbook

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise Unprocessable(wrong(1, "", "too_large", "The workbook is too large when it is unpacked."))
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        rows = sheet.iter_rows(max_row=MAX_LINES + 1, max_col=MAX_COLUMNS, values_only=True)
        for line, values in enumerate(rows, 1):
            yield line, ["" if value is None else str(value) for value in values]
    except BROKEN_WORKBOOK:
        message = "The workbook cannot be read. Export it as “CSV UTF-8”."
        raise Unprocessable(wrong(1, "", "xlsx", message)) from None
