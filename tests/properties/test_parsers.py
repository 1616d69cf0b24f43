"""Every parser of bytes that strangers send ends in a value, or in the error that its docstring names; nothing else.

| bytes                            | come from         | held here, or                              |
|----------------------------------|-------------------|--------------------------------------------|
| recipients' files                | a browser         | here                                       |
| cursors, ids of events, ETags    | a browser         | here, `tests/contract/test_openapi.py`     |
| tokens                           | a browser         | `tests/contract/test_access_tokens.py`     |
| keys of the issuer               | Supabase          | here                                       |
| `Retry-After`                    | every upstream    | here                                       |
| PDFs                             | a URL of a user's | here                                       |
| URLs, addresses                  | users, pages      | `test_urls.py`                             |
| pages, their text                | strangers         | here, `test_passages.py`                   |
| requests of pages to the proxy   | pages in Chromium | `test_proxy_requests.py`                   |
| Atom feeds, LaTeX                | arXiv             | here                                       |
| answers of models                | providers         | here                                       |
| subjects and headers of messages | other services    | `test_message_headers.py`                  |
| bodies of messages               | other services    | `test_pipeline.py`                         |
| templates, names                 | users             | `test_composer_checks.py`, `test_names.py` |
"""

import io
import json
import math
import zipfile
from datetime import UTC, datetime

from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pydantic import BaseModel, ValidationError

from scribe.arxiv.feed import read_feed
from scribe.arxiv.latex import readable
from scribe.common.errors import PermanentError, TransientError
from scribe.common.http.upstream import parse_retry_after
from scribe.common.models.answers import UnusableAnswerError, read_answer
from scribe.common.tasks.usage import Usage
from scribe.gateway.auth.keys import MAX_KEYS, _Document, _usable
from scribe.gateway.problems import BadRequest, Unprocessable
from scribe.gateway.queue.events import _parse_event_id
from scribe.gateway.queue.models import Recipient
from scribe.gateway.queue.spreadsheet import MAX_ROWS, read_recipients
from scribe.gateway.template_writer.pdf_result import Result
from scribe.gateway.template_writer.pdf_text import text_of
from scribe.gateway.web.paging import read_cursor
from scribe.scraper.extraction import MAX_HTML, Snapshot, readable_text
from scribe.scraper.page_text import clean, lines_of
from tests.support.json_values import JSON
from tests.support.pdfs import LATIN, SAYS, pdf

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINES = ("recipient_name,recipient_interest", "Ada,fluids", '"Maid, Amy",gas', "sep=;", "a;b\tc", '"', "\x00", "\ufeff")
CSV = st.lists(st.one_of(st.sampled_from(LINES), st.text(max_size=20)), max_size=12).map("\r\n".join).map(str.encode)
MAX_BIGINT = 2**63 - 1


def workbook() -> bytes:
    """An ordinary .xlsx."""
    book, content = Workbook(), io.BytesIO()
    for row in (("recipient_name", "recipient_interest"), ("Ada Example", "fluids"), ("Bo Example", "gas")):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(content)
    return content.getvalue()


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A file with a few bytes changed, taken out or added, as a fuzzer does it."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(content) - 1))
        piece = draw(st.binary(max_size=8))
        content[place : place + draw(st.integers(0, 8))] = piece
        content = content or bytearray(b"\0")
    return bytes(content)


@st.composite
def repacked(draw: st.DrawFn, whole: bytes) -> bytes:
    """A workbook one of whose parts is damaged within a sound archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = draw(st.sampled_from(old.namelist()))
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, draw(damaged(part)) if name == chosen else part)
    return content.getvalue()


XLSX, PDF = workbook(), pdf((LATIN, SAYS))


@settings(max_examples=300)
@given(st.one_of(CSV, st.binary(max_size=200), damaged(XLSX), repacked(XLSX)))
def test_a_recipients_file_gives_recipients_or_what_is_wrong_with_it(content: bytes) -> None:
    try:
        found = read_recipients(content)
    except Unprocessable:
        return
    assert 1 <= len(found) <= MAX_ROWS
    assert all(isinstance(recipient, Recipient) for recipient in found)


@settings(max_examples=60)
@given(st.one_of(damaged(PDF), st.binary(max_size=300), st.binary(max_size=300).map(b"%PDF-1.7\n".__add__)))
def test_a_pdf_gives_text_or_the_reason_why_not(content: bytes) -> None:
    result, text = text_of(content)
    assert (result is Result.TEXT) == bool(text)


@given(st.one_of(st.text(max_size=256), JSON.map(json.dumps).map(str.encode).map(lambda b: b.hex())))
@example("W1tbW1tbW1tbW1tb" * 16)
def test_a_cursor_is_a_place_or_refused(cursor: str) -> None:
    try:
        when, _ = read_cursor(cursor)
    except BadRequest:
        return
    assert when.tzinfo is UTC


@given(st.one_of(st.none(), st.text(max_size=60), st.from_regex(r"[0-9]{1,30}:[0-9]{1,30}", fullmatch=True)))
def test_an_events_id_is_two_numbers_that_postgresql_takes_or_none(text: str | None) -> None:
    assert all(number is None or 0 <= number <= MAX_BIGINT for number in _parse_event_id(text))


KEY = st.fixed_dictionaries(
    {"kid": st.one_of(st.text(max_size=5), JSON), "kty": st.sampled_from(["EC", "RSA", "oct", 7, None])},
    optional={name: st.one_of(st.text(max_size=44), JSON) for name in ("crv", "x", "y", "n", "e", "use", "alg", "k")},
)


@given(st.lists(KEY, max_size=MAX_KEYS + 5))
def test_the_issuers_document_gives_keys_that_can_verify_and_nothing_else(keys: list[dict[str, object]]) -> None:
    usable = _usable(_Document(keys=keys))
    assert all(key.algorithm_name in ("ES256", "RS256") for key in usable.values())
    assert len(usable) <= MAX_KEYS


@given(st.one_of(st.binary(max_size=100), JSON.map(json.dumps).map(str.encode)))
def test_any_body_is_an_issuers_document_or_invalid(body: bytes) -> None:
    try:
        _usable(_Document.model_validate_json(body))
    except ValidationError:
        return


@given(st.one_of(st.text(max_size=40), st.floats().map(str), st.datetimes().map(str)))
@example("inf")
@example("1e999")
@example("nan")
@example("Mon, 01 Jan 99999999999999999999 00:00:00 GMT")
@example("Mon, 01 Jan 0001 00:00:00 +9999")
def test_a_retry_after_is_a_finite_time_or_none(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))


FEED = (
    b'<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
    b"<o:totalResults>1</o:totalResults><entry><id>http://arxiv.org/abs/1</id><title>T</title>"
    b"<published>2020-01-01T00:00:00Z</published><updated>2020-01-01T00:00:00Z</updated></entry></feed>"
)


@settings(max_examples=300)
@given(st.one_of(damaged(FEED), st.binary(max_size=100)))
@example(FEED.replace(b">1</o:total", b">" + b"9" * 5000 + b"</o:total"))
@example(FEED.replace(b"2020-01-01T00:00:00Z</p", b"</p"))
def test_a_feed_is_read_or_its_fault_is_named(body: bytes) -> None:
    try:
        feed = read_feed(body)
    except (TransientError, PermanentError):
        return
    assert feed.total >= 0
    assert feed.unreadable <= feed.entries


@given(st.text(alphabet="\\${}^_~ab%é\n", max_size=80))
def test_any_latex_is_text(latex: str) -> None:
    assert "\\text{" not in readable(latex)


HTML = st.lists(
    st.one_of(
        st.sampled_from(["<p>", "</p>", "<table><tr><td>", "<li>", "<!--", "<a href='x'>", "&#0;", "<svg>"]),
        st.text(max_size=20),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=80)
@given(HTML)
def test_any_page_is_text_that_can_be_stored(html: str) -> None:
    text = readable_text(Snapshot(title="", html=html[:MAX_HTML], text="what is seen"))
    cleaned = clean(text, 500)
    assert len(cleaned.encode()) <= 500
    assert "\0" not in cleaned
    lines_of(cleaned)


class Wanted(BaseModel):
    """What a model is asked for."""

    words: list[str]
    number: int = 0


@given(st.one_of(st.text(max_size=60), JSON.map(json.dumps), JSON.map(lambda value: json.dumps({"words": value}))))
@example("[" * 5000)
@example('{"words": ' + "[" * 5000)
def test_a_models_answer_is_what_was_asked_for_or_unusable(text: str) -> None:
    try:
        answer = read_answer(text, None, Wanted, Usage())
    except UnusableAnswerError:
        return
    assert isinstance(answer.value, Wanted)
