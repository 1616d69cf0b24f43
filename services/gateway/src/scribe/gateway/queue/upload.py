"""`POST /api/queue/batch/csv`: a batch from a spreadsheet. Every row that cannot be used is named with its line."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import ValidationError

from scribe.gateway.context import InContext, UserId
from scribe.gateway.limits.idempotency import IdempotencyKey
from scribe.gateway.problems import Unprocessable
from scribe.gateway.queue.models import Batch, BatchAccepted, Recipient, TemplateText
from scribe.gateway.queue.routes import submit_batch

COLUMNS = ("recipient_name", "recipient_interest")
MOST_ROWS = 100
MOST_BYTES = 512 * 1024

router = APIRouter(prefix="/api/queue", tags=["queue"])
Problems = list[dict[str, object]]


@router.post("/batch/csv", status_code=201, response_model=BatchAccepted)
async def upload_batch(
    context: InContext,
    user_id: UserId,
    response: Response,
    file: Annotated[UploadFile, File(description="CSV in UTF-8 with the columns recipient_name, recipient_interest.")],
    email_template: Annotated[TemplateText, Form()],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Have an e-mail written for every row of a file."""
    items = read_recipients(await file.read(MOST_BYTES + 1))
    batch = Batch(items=items, email_template=email_template)
    return await submit_batch(context, user_id, batch, response, idempotency_key)


def read_recipients(content: bytes) -> list[Recipient]:
    """The recipients of a file: UTF-8 with or without a BOM, commas, semicolons or tabs.

    Raises:
        Unprocessable: with a list of what is wrong, each with its line.
    """
    if len(content) > MOST_BYTES:
        raise Unprocessable(f"The file is larger than {MOST_BYTES} bytes.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unprocessable("The file is not UTF-8. Export it as “CSV UTF-8”.") from None
    recipients: list[Recipient] = []
    problems: Problems = []
    for line, row in _rows(text):
        try:
            recipients.append(Recipient.model_validate(row))
        except ValidationError as error:
            problems += [_problem(line, str(p["loc"][0]), p["type"], p["msg"]) for p in error.errors()]
    if problems:
        raise Unprocessable(problems[:MOST_ROWS])
    if not 1 <= len(recipients) <= MOST_ROWS:
        raise Unprocessable(f"The file has {len(recipients)} rows; it must have 1 to {MOST_ROWS}.")
    return recipients


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Every row that is not empty, with the line on which it ends."""
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="", strict=True)
    try:
        names = {(name or "").strip().lower(): name for name in reader.fieldnames or []}
        if missing := [column for column in COLUMNS if column not in names]:
            raise Unprocessable(f"The first line must name the columns {' and '.join(COLUMNS)}; missing: {missing[0]}.")
        for row in reader:
            if any((value or "") if isinstance(value, str) else value for value in row.values()):
                yield reader.line_num, {column: (row[names[column]] or "").strip() for column in COLUMNS}
    except csv.Error as error:
        raise Unprocessable([_problem(reader.line_num, "", "csv", str(error))]) from None


def _problem(line: int, column: str, kind: str, message: str) -> dict[str, object]:
    return {"type": kind, "loc": ["file", f"line {line}", column], "msg": message}
