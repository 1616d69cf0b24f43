"""`GET /api/email/export`: all of a user's e-mails, streamed: neither the gateway nor Postgres holds them at once."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import asyncpg
import xlsxwriter
from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from scribe.common.process.database import load_queries
from scribe.gateway.context import Context, InContext, UserId
from scribe.gateway.emails.formulas import inert
from scribe.gateway.emails.models import Email
from scribe.gateway.web.openapi import list_of, text

SQL = load_queries("scribe.gateway.emails")
COLUMNS = (
    *("created_at", "recipient_name", "recipient_interest", "template_type"),
    *("is_confident", "displayed", "email_message", "id"),
)
PAGE = 50
CHUNK = 64 * 1024

router = APIRouter(prefix="/api/email", tags=["email"])


class Format(StrEnum):
    """What is exported."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}


DESCRIBED = text("A file.", dict.fromkeys((MEDIA_TYPES[Format.CSV], MEDIA_TYPES[Format.XLSX]), "…"), list_of("Email"))


@router.get("/export", response_class=StreamingResponse, responses=DESCRIBED)
async def export(
    context: InContext,
    user_id: UserId,
    format: Format = Query(Format.CSV),  # noqa: A002, B008 - the contract's name
) -> StreamingResponse:
    """The caller's e-mails as a file."""
    writers = {Format.CSV: _csv, Format.XLSX: _xlsx, Format.JSON: _json}
    return StreamingResponse(
        writers[format](_rows(context, user_id)),
        media_type=MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="emails.{format}"'},
    )


async def _rows(context: Context, user_id: UUID) -> AsyncIterator[asyncpg.Record]:
    """The rows, newest first, read page by page, so that a slow client holds no connection to PostgreSQL."""
    last: tuple[datetime | None, UUID | None] = (None, None)
    while True:
        async with context.database.as_user(user_id) as connection:
            rows = await connection.fetch(SQL["export"], user_id, *last, PAGE)
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        last = (rows[-1]["created_at"], rows[-1]["id"])


async def _csv(rows: AsyncIterator[asyncpg.Record]) -> AsyncIterator[bytes]:
    yield "\ufeff".encode() + _csv_line(list(COLUMNS))
    async for row in rows:
        yield _csv_line([inert(str(row[column])) for column in COLUMNS])


def _csv_line(values: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue().encode()


async def _json(rows: AsyncIterator[asyncpg.Record]) -> AsyncIterator[bytes]:
    separator = b"["
    async for row in rows:
        yield separator + Email.model_validate(dict(row)).model_dump_json().encode()
        separator = b",\n"
    yield b"[]" if separator == b"[" else b"]"


async def _xlsx(rows: AsyncIterator[asyncpg.Record]) -> AsyncIterator[bytes]:
    """The XLSX file, written to disk row by row: the format's directory is at the end, so it cannot be streamed from
    the start.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "emails.xlsx"
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet("E-mails")
        sheet.write_row(0, 0, COLUMNS)
        number = 0
        async for row in rows:
            number += 1
            sheet.write_row(number, 0, [str(row[column]) for column in COLUMNS])
        await asyncio.to_thread(book.close)
        with file.open("rb") as written:
            while chunk := written.read(CHUNK):
                yield chunk
