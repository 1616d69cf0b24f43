"""The e-mails of a batch as files."""

import csv
import io
import json
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook

from scribe.local.answers import Email, Item
from scribe.local.batch_files import COLUMNS, Outcome, as_csv, as_json, raise_if_unwritable, write_outcomes
from scribe.local.errors import LocalError

ID = UUID(int=7)
MESSAGE = "Subject: Your work,\non héliums\n\nDear Ada,\n\n=1+1\n"


def outcome(name: str = "Ada Ångström", message: str | None = MESSAGE) -> Outcome:
    email = None
    if message is not None:
        email = Email(id=ID, email_message=message, template_type="research", is_confident=True)
    status = "completed" if email else "failed"
    return Outcome(Item(id=ID, recipient_name=name, status=status, error_message=None if email else "Why."), email)


def test_a_row_that_failed_keeps_its_place_with_the_reason() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv([outcome("Bo", None), outcome()]))))
    assert [(row["recipient_name"], row["status"], row["error_message"]) for row in rows] == [
        ("Bo", "failed", "Why."),
        ("Ada Ångström", "completed", ""),
    ]
    assert [row["status"] for row in json.loads(as_json([outcome("Bo", None), outcome()]))] == ["failed", "completed"]


def test_no_cell_is_a_formula() -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv([outcome("=cmd()", "+1 is what I would say.")])))
    assert (row["recipient_name"], row["email_message"]) == ("'=cmd()", "'+1 is what I would say.")


def test_a_workbook_has_the_same_rows_and_no_formula(tmp_path: Path) -> None:
    write_outcomes(tmp_path / "emails.xlsx", [outcome("Bo", None), outcome("=cmd()", "=1+1")])
    sheet = load_workbook(tmp_path / "emails.xlsx").worksheets[0]
    header, bo, formula = sheet.iter_rows()
    assert [cell.value for cell in header] == list(COLUMNS)
    assert [cell.value for cell in bo[:1]] == ["Bo"]
    assert (formula[0].value, formula[0].data_type, formula[3].value) == ("=cmd()", "s", "=1+1")


def test_a_draft_has_the_emails_subject_and_text_and_a_safe_name(tmp_path: Path) -> None:
    write_outcomes(tmp_path / "drafts", [outcome("Bo", None), outcome("../Ada Ångström")])
    (file,) = (tmp_path / "drafts").iterdir()
    assert file.name == "002 Ada-Ångström.eml"
    draft = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert draft["Subject"] == "Your work,"
    assert draft["X-Unsent"] == "1"
    assert "Dear Ada,\n\n=1+1" in draft.get_content()


def test_a_form_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="not understood"):
        raise_if_unwritable(tmp_path / "emails.doc")
    with pytest.raises(LocalError, match="no folder"):
        raise_if_unwritable(tmp_path / "absent" / "emails.csv")
