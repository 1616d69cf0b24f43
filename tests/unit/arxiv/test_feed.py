"""arXiv's answers: the real feed, and everything else that it sends."""

from pathlib import Path

import pytest

from scribe.arxiv.feed import parse_feed
from scribe.common.errors import PermanentError, TransientError

REAL = Path(__file__).with_name("del-maestro.xml")
"""arXiv's answer to `au:"A. Del Maestro"`, cut to six records; arXiv's metadata is CC0."""


def entry(identifier: str = "http://arxiv.org/abs/2401.00001v1", **parts: str) -> str:
    """A record with these parts."""
    given = {
        "title": "A title",
        "summary": "An abstract.",
        "published": "2024-01-01T00:00:00Z",
        "author": "<author><name>A. Example</name></author>",
        **parts,
    }
    return (
        f"<entry><id>{identifier}</id><title>{given['title']}</title><summary>{given['summary']}</summary>"
        f"<published>{given['published']}</published>{given['author']}</entry>"
    )


def feed(*entries: str, total: str = "1") -> bytes:
    """An Atom feed of these records."""
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<opensearch:totalResults>{total}</opensearch:totalResults>{''.join(entries)}</feed>"
    ).encode()


def test_the_real_feed_is_read_completely() -> None:
    found = parse_feed(REAL.read_bytes())
    assert (len(found.records), found.total, found.unreadable) == (6, 6, 0)
    assert [record.arxiv_id for record in found.records][:2] == ["1303.6954", "1412.6529"]


def test_an_old_style_id_keeps_its_archive_and_loses_its_version() -> None:
    records = {record.arxiv_id: record for record in parse_feed(REAL.read_bytes()).records}
    assert records["cond-mat/0607501"].url == "https://arxiv.org/abs/cond-mat/0607501"


def test_a_wrapped_title_becomes_one_line() -> None:
    titles = [record.title for record in parse_feed(REAL.read_bytes()).records]
    assert "A striped supersolid phase and the search for deconfined quantum" in titles[3]
    assert not any("\n" in title for title in titles)


@pytest.mark.parametrize(
    "broken",
    [
        entry(published="yesterday"),
        entry(title=""),
        entry(author=""),
        entry(author="<author><name> </name></author>"),
        entry("http://arxiv.org/"),
        "<entry/>",
    ],
)
def test_a_broken_record_costs_only_itself(broken: str) -> None:
    found = parse_feed(feed(broken, entry()))
    assert [record.arxiv_id for record in found.records] == ["2401.00001"]
    assert found.unreadable == 1


def test_an_error_entry_is_a_refusal_although_its_status_is_200() -> None:
    refusal = entry("http://arxiv.org/api/errors#incorrect_id_format_for_1234.12345", title="Error")
    with pytest.raises(PermanentError):
        parse_feed(feed(refusal))


@pytest.mark.parametrize(
    "body",
    [
        b"Rate exceeded.",
        b"<html><head><title>503 Service Unavailable</title></head><body>Busy</body></html>",
        b"<html><p>not closed",
        b"",
        b"\xff\xfe\x00",
        feed(entry())[:200],
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>',
    ],
)
def test_what_is_no_feed_is_worth_another_try(body: bytes) -> None:
    with pytest.raises(TransientError) as error:
        parse_feed(body)
    assert "passwd" not in str(error.value)


def test_no_results_are_an_empty_feed() -> None:
    assert parse_feed(feed(total="0")).records == ()


def test_a_total_that_is_no_number_is_what_was_found() -> None:
    assert parse_feed(feed(entry(), total="many")).total == 1
