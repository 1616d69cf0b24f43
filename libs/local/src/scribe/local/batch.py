"""A file of recipients in parts that the gateway takes, and what was submitted of it, kept beside the file.

The note is written before the first part is sent, and its key goes with every part: a command that is stopped at any
moment and run again submits nothing twice.
"""

import asyncio
import csv
import hashlib
import io
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, ValidationError

from scribe.gateway.problems import Unprocessable
from scribe.gateway.queue.cells import Row, rows_of
from scribe.gateway.queue.spreadsheet import MAX_ROWS, read_recipients
from scribe.local.errors import BusyError, LocalError
from scribe.local.gateway import Gateway

SUFFIX = ".scribe.json"
MAX_WAIT = 3600.0
"""Seconds for which one part waits for the gateway to take it."""
MIN_WAIT = 0.1
"""Seconds that a refusal counts at least, so that the number of requests has a bound."""


class Submission(BaseModel):
    """What was submitted of a file: the ids of its items, part by part. It holds nothing about the recipients."""

    model_config = ConfigDict(frozen=True)

    key: UUID
    digest: str
    """Of the file and the template, as SHA-256."""
    parts: tuple[tuple[UUID, ...], ...] = ()

    @property
    def ids(self) -> tuple[UUID, ...]:
        """All items, in the order of the file."""
        return tuple(item_id for part in self.parts for item_id in part)


async def submit_file(
    gateway: Gateway, file: Path, content: bytes, template: str, *, again: bool, announce: Callable[[str], None]
) -> Submission:
    """Submit what has not been submitted of a file; what the gateway does not take yet waits, and `announce` says so.

    Raises:
        LocalError: a row cannot be used (nothing is sent then), the file or the template has changed since it was
            submitted, or the gateway refuses.
    """
    parts = parts_of(content)
    note = file.with_name(file.name + SUFFIX)
    submission = submission_in(note, digest_of(content, template), again=again)
    for number in range(len(submission.parts), len(parts)):
        name = file.name if len(parts) == 1 else f"{file.stem}-{number + 1}.csv"
        key = f"{submission.key}-{number}"
        ids = await _accepted(partial(gateway.upload, name, parts[number], template, key), announce)
        submission = submission.model_copy(update={"parts": (*submission.parts, ids)})
        _write(note, submission)
    return submission


async def _accepted(
    upload: Callable[[], Awaitable[tuple[UUID, ...]]], announce: Callable[[str], None]
) -> tuple[UUID, ...]:
    """The items of a part, once the gateway takes it.

    Raises:
        LocalError: it has not taken it for MAX_WAIT, or refuses it.
    """
    waited = 0.0
    while True:
        try:
            return await upload()
        except BusyError as busy:
            if waited + busy.retry_after > MAX_WAIT:
                raise
            announce(f"{busy} Going on in {busy.retry_after:.0f} s.")
            await asyncio.sleep(busy.retry_after)
            waited += max(busy.retry_after, MIN_WAIT)


def submission_in(note: Path, digest: str, *, again: bool) -> Submission:
    """What was submitted already, or a new submission, whose note is written.

    Raises:
        LocalError: it is of another content, or the note cannot be read or written.
    """
    if again or not note.exists():
        fresh = Submission(key=uuid4(), digest=digest)
        _write(note, fresh)
        return fresh
    try:
        known = Submission.model_validate_json(note.read_bytes())
    except (OSError, ValidationError):
        raise LocalError(f"{note} cannot be read; remove it, or submit the whole file anew with --again.") from None
    if known.digest != digest:
        raise LocalError(
            "The file or the template has changed since it was submitted. Go on with them as they were, name the new "
            "rows in a file of their own, or submit all of them anew with --again."
        )
    return known


def digest_of(content: bytes, template: str) -> str:
    """What a file and a template are known by."""
    return hashlib.sha256(hashlib.sha256(content).digest() + template.encode()).hexdigest()


def parts_of(content: bytes) -> tuple[bytes, ...]:
    """The file itself, or where it has too many rows for one request, parts as CSV. Every row has been checked.

    Raises:
        LocalError: it cannot be read, or rows cannot be used; each is named with its line.
    """
    try:
        rows = list(rows_of(content))
        few = len(rows) <= MAX_ROWS + 1
        parts = (content,) if few else tuple(_csv(rows[:1], part) for part in _hundreds(rows[1:]))
        for part in parts:
            read_recipients(part)
    except Unprocessable as problem:
        raise LocalError(str(problem)) from None
    return parts


def _hundreds(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    return (rows[start : start + MAX_ROWS] for start in range(0, len(rows), MAX_ROWS))


def _csv(header: Sequence[Row], rows: Sequence[Row]) -> bytes:
    """Rows as CSV, each on the line that it has in the whole file, so that a problem is told with that line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    at = 1
    for line, cells in (*_on_one_line(header), *rows):
        text.write("\n" * (line - at))
        writer.writerow(cells)
        at = max(at, line) + 1 + sum(cell.count("\n") for cell in cells)
    return text.getvalue().encode()


def _on_one_line(header: Sequence[Row]) -> Iterator[Row]:
    """The names of columns as they are compared: line breaks in them are spaces."""
    return ((line, [" ".join(cell.split()) for cell in cells]) for line, cells in header)


def _write(note: Path, submission: Submission) -> None:
    fresh = note.with_name(note.name + ".new")
    try:
        fresh.write_text(submission.model_dump_json(indent=2), "utf-8")
        fresh.replace(note)
    except OSError as error:
        raise LocalError(f"{note} cannot be written ({error.strerror}); what was submitted is kept there.") from None
