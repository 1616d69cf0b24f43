"""The e-mails of a batch as files: CSV, XLSX, JSON, or a folder of drafts (.eml)."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from scribe.gateway.emails.formulas import inert
from scribe.local.answers import Email, Item
from scribe.local.errors import LocalError

COLUMNS = ("recipient_name", "recipient_interest", "status", "email_message", "is_confident", "error_message", "id")
FILES = (".csv", ".xlsx", ".json")
NOT_IN_FILE_NAMES = re.compile(r"[^\w]+")
SUBJECT = "Subject:"


@dataclass(frozen=True)
class Outcome:
    """One row of a batch: its item, and its e-mail where it was written."""

    item: Item
    email: Email | None

    def fields(self) -> Mapping[str, object]:
        """For a file: the fields of `COLUMNS`."""
        written = self.email
        return {
            **self.item.model_dump(
                mode="json", include={"id", "recipient_name", "recipient_interest", "error_message"}
            ),
            "status": self.item.outcome,
            "email_message": written.email_message if written else None,
            "is_confident": written.is_confident if written else None,
        }


def raise_if_unwritable(path: Path) -> None:
    """Raise before anything is submitted.

    Raises:
        LocalError: the form is not known, or the folder does not exist.
    """
    if path.suffix and path.suffix not in FILES and not path.is_dir():
        raise LocalError(f"--out {path} is not understood: name a .csv, .xlsx or .json, or a folder for .eml files.")
    if not path.parent.is_dir():
        raise LocalError(f"--out {path} cannot be written: there is no folder {path.parent}.")


def write_outcomes(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the rows in the order of the batch.

    Raises:
        LocalError: it cannot be written.
    """
    try:
        if path.suffix == ".csv":
            path.write_text(as_csv(outcomes), "utf-8-sig", newline="")
        elif path.suffix == ".xlsx":
            path.write_bytes(as_xlsx(outcomes))
        elif path.suffix == ".json":
            path.write_text(as_json(outcomes), "utf-8")
        else:
            _write_drafts(path, outcomes)
    except OSError as error:
        raise LocalError(f"{path} cannot be written ({error.strerror}); run the command again.") from None


def as_json(outcomes: Sequence[Outcome]) -> str:
    """An array with each row's fields, and its e-mail's metadata."""
    rows = [
        {**found.fields(), "metadata": found.email.metadata.model_dump(mode="json") if found.email else None}
        for found in outcomes
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False)


def as_csv(outcomes: Sequence[Outcome]) -> str:
    """A line a row; no cell is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(map(inert, _cells(found)) for found in outcomes)
    return text.getvalue()


def as_xlsx(outcomes: Sequence[Outcome]) -> bytes:
    """A workbook with one sheet, a line a row, every cell a text."""
    import xlsxwriter  # noqa: PLC0415 - no other command needs it

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("E-mails")
        for line, cells in enumerate((COLUMNS, *map(_cells, outcomes))):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, cell)
    return content.getvalue()


def _cells(found: Outcome) -> tuple[str, ...]:
    fields = found.fields()
    return tuple("" if fields[name] is None else str(fields[name]) for name in COLUMNS)


def as_draft(email: Email) -> bytes:
    """A draft that a mail program opens for sending. Its address is for the user to fill in: it is not known here."""
    text = email.email_message.strip()
    message = EmailMessage()
    if text.startswith(SUBJECT):
        subject, _, text = text.partition("\n")
        message["Subject"] = " ".join(subject.removeprefix(SUBJECT).split())
    message["X-Unsent"] = "1"
    message.set_content(text.strip() + "\n")
    return message.as_bytes()


def _write_drafts(folder: Path, outcomes: Sequence[Outcome]) -> None:
    folder.mkdir(exist_ok=True)
    for number, found in enumerate(outcomes, 1):
        if found.email is not None:
            name = NOT_IN_FILE_NAMES.sub("-", found.item.recipient_name).strip("-")[:60]
            (folder / f"{number:03} {name}.eml").write_bytes(as_draft(found.email))
