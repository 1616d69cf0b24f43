"""Numbers and quoted titles are found in every form in which languages write them."""

import pytest

from scribe.common.text.details import known_numbers, quotations_of, titles_of, unknown_numbers


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("1.8 million verses", "1,800,000 verses"),
        ("1,800 readers", "1800 readers"),
        ("41 000 samples", "41.000 Proben"),
        ("41\u202f000 samples", "41'000 Proben"),
        ("in 4/2024", "April 2024, the 4th"),
        ("on 25 May 2023", "25.05.2023"),
        ("5k pages", "5000 pages"),
        ("the 19th year", "the nineteenth year"),
        ("5 books", "fünf Bücher"),
        ("3,400 trees", "3 mil 400 árboles"),
        ("3,040 trees", "3 mil 40 árboles"),
        ("12,000 trees", "12 mil árboles"),
        ("6.2 million kroner", "6,2 millioner kroner"),
        ("2 million", "2 millones de hojas"),
        ("2,000,000", "2 milhões de folhas"),
    ],
)
def test_a_number_is_known_in_every_form(text: str, known: str) -> None:
    assert list(unknown_numbers(text, known_numbers(known))) == []


@pytest.mark.parametrize(
    ("text", "known", "unknown"),
    [
        ("18,000 readers", "1,800 readers", "18000"),
        ("in 2018", "in 2016", "2018"),
        ("3 books", "a book", "3"),
        ("2 million", "2,000 verses; 3 million", "2"),
    ],
)
def test_another_number_is_unknown(text: str, known: str, unknown: str) -> None:
    assert list(unknown_numbers(text, known_numbers(known))) == [unknown]


@pytest.mark.parametrize("quoted", ["“a title”", '"a title"', "„a title“", "„a title”", "«a title»"])
def test_quotation_marks_of_every_language_hold_a_title(quoted: str) -> None:
    assert quotations_of(f"She wrote {quoted} early.") == ["a title"]
    assert titles_of(f"She wrote {quoted} early.") == ["a title"]


@pytest.mark.parametrize("emphasised", ["*a title*", "_a title_", "‘a longer title’"])
def test_italics_and_single_quotation_marks_hold_titles_of_several_words_only(emphasised: str) -> None:
    assert titles_of(f"She wrote {emphasised} early.") == [emphasised[1:-1]]
    assert titles_of("She wrote *Nature* and “Science” early, and it's all the students' work.") == []
    assert quotations_of(f"She wrote {emphasised} early.") == []
