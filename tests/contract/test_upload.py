"""`POST /api/queue/batch/csv`: what spreadsheets write, and every bad row named with its line."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import httpx
import pytest
from openpyxl import Workbook

from tests.support.gateway import TEMPLATE, User

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEADER = "recipient_name,recipient_interest"
ROW = "Ada Example,fluids\n"


def workbook(*rows: list[str]) -> bytes:
    """An .xlsx with these rows."""
    book, content = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def bomb() -> bytes:
    """A workbook of few bytes that unpacks to many."""
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<" * 20_000_000)
    return content.getvalue()


async def upload(user: User, content: str | bytes, **form: str) -> httpx.Response:
    """Send a file."""
    data = content.encode() if isinstance(content, str) else content
    files = {"file": ("people.csv", data, "text/csv")}
    return await user.client.post("/api/queue/batch/csv", files=files, data={"email_template": TEMPLATE, **form})


async def uploaded(user: User, content: str | bytes) -> list[tuple[object, object]]:
    """The names and interests that come of a file."""
    response = await upload(user, content)
    assert response.status_code == 201, response.text
    items = await user.items()
    assert response.json()["queue_item_ids"] == [item["id"] for item in items]
    return [(item["recipient_name"], item["recipient_interest"]) for item in items]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\nAda Example,quantum fluids\nBob Example,books\n",
        f"{HEADER}\r\nAda Example,quantum fluids\r\nBob Example,books\r\n",
        f"\ufeff{HEADER}\nAda Example,quantum fluids\nBob Example,books",
        "recipient_name;recipient_interest\nAda Example;quantum fluids\nBob Example;books\n",
        "recipient_name\trecipient_interest\nAda Example\tquantum fluids\nBob Example\tbooks\n",
        "Recipient_Interest, Recipient_Name ,note\nquantum fluids, Ada Example ,x\nbooks,Bob Example,\n",
        f'{HEADER}\n"Ada Example","quantum fluids"\n\n,\nBob Example,books\n\n',
        "sep=;\r\nrecipient_name;recipient_interest\r\nAda Example;quantum fluids\r\nBob Example;books\r\n",
        "Name,Research Interest\nAda Example,quantum fluids\nBob Example,books\n",
        "\n\nrecipient-name,interests\nAda Example,quantum fluids,\nBob Example,books,,\n",
        workbook(["Name", "Interest"], ["Ada Example", "quantum fluids"], [], ["Bob Example", "books"]),
    ],
    ids=[
        *("plain", "CRLF", "BOM", "semicolons", "tabs", "other order and columns", "quotes and empty rows"),
        *("declared separator", "other headers", "empty first lines and surplus commas", "xlsx"),
    ],
)
async def test_file_becomes_a_batch(user: User, content: str | bytes) -> None:
    assert await uploaded(user, content) == [("Ada Example", "quantum fluids"), ("Bob Example", "books")]


async def test_quoted_newlines_and_separators_belong_to_their_cell(user: User) -> None:
    content = f'{HEADER}\n"Example, Ada","quantum\nfluids; and ""helium"""\n'

    assert await uploaded(user, content) == [("Example, Ada", 'quantum\nfluids; and "helium"')]


async def test_name_with_a_comma_and_no_quotes_is_told_instead_of_shifting_the_row(user: User) -> None:
    response = await upload(user, f"{HEADER}\nAda Example,fluids\nMaid, Amy,quantum fluids\n")

    assert response.status_code == 422
    (problem,) = response.json()["detail"]
    assert problem["loc"] == ["body", "file", 3]
    assert 'must stand in quotes: "Maid, Amy"' in response.json()["message"]


async def test_every_bad_row_is_named_with_its_line(user: User) -> None:
    content = f'{HEADER}\nAda Example,fluids\nB,fluids\n"Carl\nExample","two\nlines"\nDora Example\n,books\n'
    response = await upload(user, content)

    assert response.status_code == 422
    places = [tuple(problem["loc"]) for problem in response.json()["detail"]]
    assert places == [
        ("body", "file", 3, "recipient_name"),
        ("body", "file", 7, "recipient_interest"),
        ("body", "file", 8, "recipient_name"),
    ]
    assert response.json()["detail"][0]["msg"].startswith("Line 3:")
    assert await user.items() == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        HEADER.encode(),
        b"who,what\nAda,fluids\n",
        f"{HEADER}\n".encode() + b"Ren\xe9 Example,fluids\n",
        f'{HEADER}\n"Ada Example,fluids\n'.encode(),
        (f"{HEADER}\n" + ROW * 101).encode(),
        f"{HEADER}\n{'x' * 200_000},fluids\n".encode(),
        f"{HEADER}\nAda\x00Example,fluids\n".encode(),
        b"\x00" * 100,
        b"PK\x03\x04" + b"x" * 100,
        bomb(),
        (f"{HEADER}\n" + "\n" * 3_000 + ROW).encode(),
    ],
    ids=[
        *("empty", "only the header", "other columns", "Latin-1", "open quote", "101 rows", "huge cell"),
        *("NUL", "binary", "no workbook", "a workbook that grows", "thousands of blank lines"),
    ],
)
async def test_unusable_file_is_refused_with_a_list(user: User, content: bytes) -> None:
    response = await upload(user, content)

    assert response.status_code == 422, response.text
    assert all({"type", "loc", "msg"} <= set(problem) for problem in response.json()["detail"])
    assert await user.items() == []


async def test_hundred_rows_are_accepted(user: User) -> None:
    assert len(await uploaded(user, f"{HEADER}\n" + ROW * 100)) == 100


async def test_large_file_is_refused(user: User) -> None:
    response = await upload(user, f"{HEADER}\n".encode() + b"x" * 600_000)

    assert response.status_code == 422


async def test_template_is_checked_as_in_a_batch(user: User) -> None:
    response = await upload(user, f"{HEADER}\nAda Example,fluids\n", email_template="short")

    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "email_template"]
