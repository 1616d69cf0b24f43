"""arXiv's answers: the real feed, and everything else that it sends with status 200."""

import pytest

from scribe.arxiv.client import page_of
from scribe.common.errors import PermanentError, TransientError
from tests.unit.arxiv.atom import REAL, author, entry, feed


def test_the_real_feed_is_read_completely() -> None:
    page = page_of(REAL.read_bytes())
    assert (len(page.records), page.total, page.unreadable) == (6, 6, 0)
    assert page.is_complete
    assert [record.arxiv_id for record in page.records][:2] == ["1303.6954", "1412.6529"]


def test_an_old_style_id_keeps_its_archive_and_loses_its_version() -> None:
    records = {record.arxiv_id: record for record in page_of(REAL.read_bytes()).records}
    assert records["cond-mat/0607501"].url == "https://arxiv.org/abs/cond-mat/0607501"


def test_a_wrapped_title_becomes_one_line() -> None:
    titles = [record.title for record in page_of(REAL.read_bytes()).records]
    assert "A striped supersolid phase and the search for deconfined quantum criticality" in titles[3]


def test_a_record_names_its_categories_the_primary_one_first() -> None:
    categories = {record.arxiv_id: record.categories for record in page_of(REAL.read_bytes()).records}
    assert categories["1412.6529"] == ("cond-mat.quant-gas", "quant-ph")


@pytest.mark.parametrize(
    "broken",
    [
        entry(published="yesterday"),
        entry(updated=""),
        entry(title=""),
        entry(author=""),
        entry(author="<author><name> </name></author>"),
        entry("http://arxiv.org/"),
        "<entry/>",
    ],
)
def test_a_broken_record_costs_only_itself(broken: str) -> None:
    page = page_of(feed(broken, entry()))
    assert [record.arxiv_id for record in page.records] == ["2401.00001"]
    assert page.unreadable == 1
    assert page.is_complete


def test_an_error_entry_is_a_refusal_although_its_status_is_200() -> None:
    refusal = entry("http://arxiv.org/api/errors#incorrect_id_format_for_1234.12345", title="Error")
    with pytest.raises(PermanentError):
        page_of(feed(refusal))


@pytest.mark.parametrize(
    "body",
    [
        b"Rate exceeded.",
        b"<html><head><title>503 Service Unavailable</title></head><body>Busy</body></html>",
        b"<html><p>not closed",
        b"",
        b"  \n",
        b"\xff\xfe\x00",
        feed(entry())[:200],
        feed(entry(), total="many"),
        feed(total="12"),
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>',
    ],
)
def test_what_is_no_whole_feed_is_no_answer(body: bytes) -> None:
    with pytest.raises(TransientError) as error:
        page_of(body)
    assert "passwd" not in str(error.value)


def test_no_results_are_an_empty_feed() -> None:
    page = page_of(feed(total="0"))
    assert page.records == ()
    assert page.is_complete


def test_a_page_of_a_longer_list_is_not_complete() -> None:
    assert not page_of(feed(entry(), total="2")).is_complete


@pytest.mark.parametrize(
    ("parts", "is_withdrawn"),
    [
        ({"comment": "This paper has been withdrawn by the authors due to an error in Lemma 3"}, True),
        ({"summary": "This submission has been withdrawn by arXiv administrators."}, True),
        ({"summary": "We study the withdrawal of groundwater."}, False),
        ({"comment": "12 pages, 3 figures"}, False),
    ],
)
def test_a_withdrawn_paper_is_known(parts: dict[str, str], is_withdrawn: bool) -> None:
    (record,) = page_of(feed(entry(**parts))).records
    assert record.is_withdrawn is is_withdrawn


def test_a_list_of_authors_is_read_to_its_end() -> None:
    names = [f"A. Nobody{number}" for number in range(61)]
    (record,) = page_of(feed(entry(author=author(*names, "B. Example", "C. Last")))).records
    assert record.author_count == 63
    assert record.authors[61] == "B. Example"


def test_affiliations_are_read_where_the_feed_has_them() -> None:
    place = '<a:affiliation xmlns:a="http://arxiv.org/schemas/atom">Northern\n  University</a:affiliation>'
    (record,) = page_of(feed(entry(author=f"<author><name>A. Example</name>{place}</author>"))).records
    assert record.affiliations == {"A. Example": ("Northern University",)}
