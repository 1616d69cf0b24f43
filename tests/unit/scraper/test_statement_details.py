"""The details of a statement are held against its passages."""

import pytest

from scribe.scraper.statement_details import PassageDetails
from tests.support.reading import ADA

PASSAGE = (
    "In 2016 she won the Sloan Research Fellowship for her book “The Cold Pores”, which has over 1,800 readers. "
    "She took her Ph.D. in Natural Language Processing (NLP) at the University of California in Nowhere in the "
    "nineteenth year of the school, America's first."
)


def missing(statement: str, language: str | None = "en", *, is_translated: bool = False, passage: str = PASSAGE) -> str:
    """The first detail that is missing."""
    return PassageDetails(passage).missing(statement, ADA, language, is_translated=is_translated)


@pytest.mark.parametrize(
    "statement",
    [
        "Ada Example won the Sloan Research Fellowship in 2016.",
        "Example's book “The Cold Pores” has over 1800 readers.",
        "Example took her PhD in NLP at the University of Nowhere.",
        "Example has worked in Natural Language Processing.",
        "She worked at UCN with Prof. Example.",
        "In the 19th year of the school she won an American fellowship.",
        'Her book "The cold pores" was read.',
        "Since April 2016 the Sloan Research Fellowship has been hers.",
        "",
    ],
)
def test_what_stands_there_is_held(statement: str) -> None:
    assert missing(statement) == ""


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Ada Example won the Sloan Research Fellowship in 2018.", "2018"),
        ("Ada Example won the Guggenheim Fellowship in 2016.", "Guggenheim Fellowship"),
        ("Example wrote “The Warm Pores”.", "The Warm Pores"),
        ("Example has 18,000 readers.", "18000"),
        ("Bob Other won it.", "Other"),
        ("She took it at the University of Somewhere.", "Somewhere"),
    ],
)
def test_what_does_not_is_missing(statement: str, expected: str) -> None:
    assert missing(statement).startswith(expected)


@pytest.mark.parametrize(
    ("statement", "passage"),
    [
        ("She has 41,000 samples, 83.5 % of them dated.", "Sie hat 41.000 Proben, davon 83,5 % datiert."),
        ("She has 41 000 samples.", "She has 41\u00a0000 samples."),
        ("In April 2024 she became professor.", "2024.04 Professor, Nowhere College"),
        ("She was secretary from June 2020 to 2022.", "| Jun, 2020 - May, 2022 | secretary |"),
        ("She spoke on 25 May 2023.", "She spoke on 25.5.2023."),
    ],
)
def test_numbers_and_dates_are_compared_in_every_form(statement: str, passage: str) -> None:
    assert missing(statement, passage=passage) == ""
    assert missing(statement.replace("2", "3").replace("41", "42"), passage=passage)


def test_what_is_quoted_may_be_translated_where_the_passage_quotes_as_well() -> None:
    statement = "“A grey desert”, says Example."
    assert missing(statement, passage="“Era um deserto cinza”, lembra Example.", is_translated=True) == ""
    assert missing(statement, passage="Era um deserto cinza, lembra Example.", is_translated=True) == "A grey desert"


def test_the_nouns_of_a_german_statement_are_no_names() -> None:
    passage = "Unsere Gruppe erforscht Fermionen in Hamburg."
    assert missing("Example untersucht Quantensysteme mit einer Arbeitsgruppe.", "de", passage=passage) == ""
    assert missing("Example arbeitet mit Anna Beispiel.", "de", passage=passage) == "Anna Beispiel"


def test_of_a_translation_numbers_and_titles_are_compared_and_names_are_not() -> None:
    passage = "Seit 2006 ist er Professor an der Universität München."
    assert (
        missing(
            "Example has been a professor at the University of Munich since 2006.", is_translated=True, passage=passage
        )
        == ""
    )
    assert missing("Example has been there since 2007.", is_translated=True, passage=passage) == "2007"


def test_a_statement_in_another_script_is_held_to_its_numbers() -> None:
    assert missing("她在2016年获奖。", "zh", passage="她在2016年获得了奖学金。") == ""
    assert missing("她在2017年获奖。", "zh", passage="她在2016年获得了奖学金。") == "2017"


@pytest.mark.parametrize("marks", ["«»", "‘’", "„“"])
def test_a_translated_quotation_is_held_where_the_passage_has_one(marks: str) -> None:
    said = f"{marks[0]}Een plattegrond is zo veranderd, een vriendschap niet{marks[1]}, zegt ze."
    translated = "“A seating plan is quickly changed, a friendship is not”, says Example."
    assert missing(translated, is_translated=True, passage=said) == ""
    assert missing(translated, is_translated=True, passage="Een plattegrond is zo veranderd.")
