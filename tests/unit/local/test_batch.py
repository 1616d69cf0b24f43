"""A file of recipients in parts, and the note of what was submitted."""

from pathlib import Path
from uuid import UUID

import pytest

from scribe.gateway.queue.spreadsheet import read_recipients
from scribe.local.batch import Submission, digest_of, parts_of, submission_in
from scribe.local.errors import LocalError


def people(number: int) -> str:
    return "name,interest\n" + "".join(f"Person {n},interest {n}\n" for n in range(number))


def test_a_small_file_is_sent_as_it_is() -> None:
    content = people(100).encode()
    assert parts_of(content) == (content,)


def test_a_large_file_is_sent_in_parts_that_keep_the_order() -> None:
    parts = parts_of(people(205).replace(",", ";").encode())
    read = [[recipient.recipient_name for recipient in read_recipients(part)] for part in parts]
    assert list(map(len, read)) == [100, 100, 5]
    assert [name for part in read for name in part] == [f"Person {n}" for n in range(205)]


def test_a_row_that_cannot_be_used_is_named_with_its_line_in_the_whole_file() -> None:
    with pytest.raises(LocalError, match="Line 180:"):
        parts_of((people(178) + "X,interest\n" + "Ada Example,bridges\n" * 30).encode())


def test_what_was_submitted_is_found_again(tmp_path: Path) -> None:
    note, digest = tmp_path / "note", digest_of(b"file", "template")
    first = submission_in(note, digest, again=False)
    assert submission_in(note, digest, again=False) == first
    assert submission_in(note, digest, again=True).key != first.key


@pytest.mark.parametrize(("content", "template"), [(b"another", "template"), (b"file", "another")])
def test_a_file_or_template_that_has_changed_is_refused(tmp_path: Path, content: bytes, template: str) -> None:
    submission_in(tmp_path / "note", digest_of(b"file", "template"), again=False)
    with pytest.raises(LocalError, match="has changed"):
        submission_in(tmp_path / "note", digest_of(content, template), again=False)


def test_the_items_are_in_the_order_of_the_file() -> None:
    ids = tuple(UUID(int=n) for n in range(3))
    assert Submission(key=ids[0], digest="", parts=(ids[:2], ids[2:])).ids == ids
