"""Stored answers: read as they were written, within the size of a message, and nothing else."""

import secrets

from scribe.arxiv.answers import MAX_STORED, Answer, decode, encode
from tests.unit.arxiv.atom import record


def test_an_answer_is_read_as_it_was_written() -> None:
    answer = Answer(records=(record("A title", "Ada Example", categories=("cs.LG",)),), is_complete=False)
    assert decode(encode(answer)) == answer


def test_an_answer_too_large_for_a_message_loses_its_oldest_records_and_says_so() -> None:
    texts = [secrets.token_hex(1_000) for _ in range(1_500)]
    records = tuple(record(f"Title {number}", "Ada Example", abstract=text) for number, text in enumerate(texts))
    body = encode(Answer(records=records))
    kept = decode(body)
    assert len(body) <= MAX_STORED
    assert kept is not None
    assert kept.records == records[: len(kept.records)]
    assert not kept.is_complete


def test_what_is_no_answer_is_none() -> None:
    for body in (b"", b"{}", b"\xff" * 100, encode(Answer())[:-5]):
        assert decode(body) is None
