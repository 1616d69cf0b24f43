"""Pages without markup: links to their text, entities decoded, wrapped lines joined."""

import pytest

from scribe.scraper.page_text import clean, lines_of, unwrapped


def texts(page: str) -> list[str]:
    """The lines of a page."""
    return [line.text for line in lines_of(page)]


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("See [Ada Example](https://a.example/x_y) and _The Book_.", ["See Ada Example and The Book."]),
        ("Ada&rsquo;s work &amp; life", ["Ada’s work & life"]),
        ("She won it. [ 4 ] Then [12] she left[a].", ["She won it. Then she left."]),
        ("Chicago , U.S. ( BSE )", ["Chicago, U.S. (BSE)"]),
        ("# Title\n\nText", ["Title", "Text"]),
        ("- one\n- two", ["one", "two"]),
        ("2016. A year begins a line", ["2016. A year begins a line"]),
        ("1. An item", ["An item"]),
        ("A <b>bold</b> word<br>and a break", ["A bold word and a break"]),
        ("snake_case and K--12 and 2 * 3 * 4", ["snake_case and K--12 and 2 * 3 * 4"]),
        ("| a | b |\n|---|---|\n| c | d |", ["a | b", "c | d"]),
        ("-----\n***\n", []),
    ],
)
def test_markup_becomes_text(page: str, lines: list[str]) -> None:
    assert texts(page) == lines


def test_the_long_cells_of_a_layout_table_are_lines_of_their_own() -> None:
    sentence = "Ada Example is a professor of physics who studies superfluid helium in pores."
    assert texts(f"| Ada | {sentence} |\n|---|---|\n| x | y |") == [sentence, "Ada", "x | y"]


def test_headings_are_marked() -> None:
    assert [line.is_heading for line in lines_of("# Title\n\nText")] == [True, False]


def test_hard_wrapped_lines_are_joined_and_short_ones_are_not() -> None:
    wrapped = (
        "Presenters\n"
        "Ada Example is a professor in the Department of Physics at Nowhere\n"
        "College and leads the group on quantum fluids. In recent years she has\n"
        "studied helium in pores.\n"
        "Contact\n"
        "About"
    )
    assert texts(wrapped) == [
        "Presenters",
        " ".join(wrapped.split("\n")[1:4]),
        "Contact",
        "About",
    ]


def test_a_line_that_goes_on_with_a_small_letter_or_a_comma_is_joined() -> None:
    assert unwrapped(["Ada Example continues her studies as an assistant", "professor at Nowhere"]) == [
        "Ada Example continues her studies as an assistant professor at Nowhere"
    ]
    assert unwrapped(["Chicago", ", U.S."]) == ["Chicago , U.S."]
    assert unwrapped(["Menu", "about us"]) == ["Menu", "about us"]


def test_lines_wrapped_before_a_name_are_joined_beside_paragraphs_of_one_long_line() -> None:
    wrapped = (
        "Helium flows in old stones. The study with samples from nine caves was led by the physicist\n"
        "Ada Example. She has been professor at Nowhere since 2015 and came from the College of\n"
        "Elsewhere, where she had taught for years."
    )
    long = (
        "Her colleague Bob Other, who was no part of that study, finds the results sober, "
        "and has them measured once more."
    )
    found = lines_of(f"News of the College\n{wrapped}\n{long}")
    assert found[1].text == wrapped.replace("\n", " ")
    assert len(found) == 3


def test_a_line_wrapped_before_a_french_quotation_is_joined() -> None:
    wrapped = (
        "Ses recherches portent sur l'hélium dans les pierres anciennes de\n"
        "Nulle-Part. Elle dirige depuis 2022 le projet du Collège de\n"
        "« Pierres en présence »."
    )
    assert texts(wrapped) == [wrapped.replace("\n", " ")]


def test_headings_and_items_of_lists_are_not_joined_with_what_follows() -> None:
    long = (
        "As a child Ada Example loved caves and cold water, and she found a way to go on with both of them "
        "in all of her work."
    )
    lines = [
        "Improving the health of pores, one cold liquid at a time",
        long,
        "PHYS 484: Quantum Fluids and Their Measurement (Spring 2024)",
        "PHYS 597: Understanding Large Pores in Old Stones (Fall 2022)",
        "All courses are taught in English. The list is kept by the department.",
    ]
    assert unwrapped(lines) == lines


def test_text_is_cut_at_a_word_and_fits() -> None:
    assert clean("superfluid helium in nanopores", 24) == "superfluid helium in"
    assert len(clean("漢字" * 50, 40).encode()) <= 40


def test_clean_text_has_no_control_characters_and_keeps_paragraphs() -> None:
    assert clean("a\u200b \t b\x00\n\n\n\nc \n d", 100) == "a b\n\nc\nd"
