"""A file of recipients in parts, and the note of what was submitted."""

from pathlib import Path
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scribe.common.process.health import serving
from scribe.gateway.queue.spreadsheet import read_recipients
from scribe.local.batch import Submission, digest_of, parts_of, submission_in, submit_file
from scribe.local.errors import LocalError
from scribe.local.gateway import open_gateway


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


@pytest.mark.parametrize(
    "header",
    ['name,interest,"notes; links; and so on"', "name;interest;a,b,c,d", 'name,"research\ninterest",notes'],
)
def test_the_parts_of_a_large_file_are_read_as_it_is_whatever_its_columns_are_called(header: str) -> None:
    delimiter = header[4]
    rows = (f"Person {n},interest {n},x\n".replace(",", delimiter) for n in range(105))
    parts = parts_of(f"{header}\n{''.join(rows)}".encode())
    assert [len(read_recipients(part)) for part in parts] == [100, 5]


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


async def test_a_batch_waits_where_the_gateway_takes_no_more_and_goes_on(tmp_path: Path) -> None:
    asked: list[str] = []

    async def upload(request: Request) -> Response:
        asked.append(request.headers["Idempotency-Key"])
        if len(asked) in (2, 3):
            return JSONResponse({"detail": "Too many e-mails wait."}, 429, {"Retry-After": "0"})
        return JSONResponse({"queue_item_ids": [str(UUID(int=len(asked)))]}, 201)

    told: list[str] = []
    app = Starlette(routes=[Route("/api/queue/batch/csv", upload, methods=["POST"])])
    async with serving(app, "127.0.0.1", 0) as port, open_gateway(f"http://127.0.0.1:{port}", "token") as gateway:
        file = tmp_path / "people.csv"
        submission = await submit_file(gateway, file, people(205).encode(), "T", again=False, announce=told.append)
    assert submission.ids == (UUID(int=1), UUID(int=4), UUID(int=5))
    assert [key.rpartition("-")[2] for key in asked] == ["0", "1", "1", "1", "2"]
    assert told == ["Too many e-mails wait. Going on in 0 s."] * 2
