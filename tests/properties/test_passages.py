"""Pages of any kind: passages are verbatim pieces of the cleaned text, and reading takes a time that grows with it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.common.tasks.data import ELLIPSIS
from scribe.scraper.exa import CITATION_BYTES
from scribe.scraper.page_text import clean
from scribe.scraper.passages import MAX_PASSAGE, joined, read_page
from scribe.scraper.sources import Page
from tests.support.patterns import MAX_GROWTH, growth
from tests.support.reading import ADA, collected

CALM = settings(deadline=None, max_examples=40)
"""A busy machine is no failure."""
PIECES = (
    "Ada Example",
    "Dr.",
    "studies",
    "helium",
    ". ",
    "! ",
    "\n",
    "\n\n",
    "# ",
    "- ",
    "| ",
    "[1]",
    "[a](b)",
    "_",
    "**",
)
MARKS = ("**", "`", "&amp;", "&", "<b>", "<", "2016. ", "漢字。", "ß", '"', "(", ")", "\u200b", "a" * 90)
PAGES = st.lists(st.sampled_from(PIECES + MARKS), max_size=120).map(" ".join)
MARKUP = ("[", "![", "[a](", "*a ", "_a", "> ", "`a", "&amp", "<a ", "* a\n", "  - a\n", "a | b\n---|---\n")
WORDS = ("a. ", "A.", "(", "Ada Example ", "Search Ada Example Position ", "a@b.c ", "1 ", "x", "Ab ", "。", "\n")


@CALM
@given(PAGES | st.text(max_size=600))
def test_passages_are_pieces_of_the_cleaned_text(page: str) -> None:
    read = read_page("S1", clean(page, CITATION_BYTES), ADA)
    assert all(passage.text in read.text for passage in read.passages)
    assert all(0 < len(passage.text) <= MAX_PASSAGE for passage in read.passages)
    assert [passage.number for passage in read.passages] == list(range(1, len(read.passages) + 1))


@CALM
@given(PAGES, st.sets(st.integers(0, 30), max_size=6))
def test_every_part_of_a_quote_stands_in_the_text(page: str, chosen: set[int]) -> None:
    read = read_page("S1", clean(page, CITATION_BYTES), ADA)
    passages = [passage for passage in read.passages if passage.number in chosen]
    assert all(part in read.text for part in joined(passages, read.text, ELLIPSIS).split(ELLIPSIS))


@CALM
@given(st.lists(PAGES, max_size=4), st.integers(50, 2_000))
def test_every_line_that_is_shown_begins_with_an_id_of_ours(pages: list[str], max_tokens: int) -> None:
    listing = collected(
        *(Page(f"https://{n}.example/", p, p) for n, p in enumerate(pages)), max_tokens=max_tokens
    ).listing
    assert all(line == "…" or (line[:1] == "S" and line[1:2].isdigit()) for line in listing.splitlines() if line)


@pytest.mark.parametrize("unit", MARKUP + WORDS)
def test_reading_takes_a_time_that_grows_with_the_page(unit: str) -> None:
    sizes = (CITATION_BYTES // 16, CITATION_BYTES // 8, CITATION_BYTES // 4)
    assert max(growth(lambda size: lambda: _read((unit * size)[:size]), sizes)) <= MAX_GROWTH


def _read(text: str) -> None:
    collected(Page("https://a.example/", "T", text))
