"""Authors as records spell them, against the recipient's name as a user writes it."""

import pytest

from scribe.arxiv.authors import Match, match_author
from scribe.common.text.names import parse_name

SAME = [
    ("Adrian Del Maestro", "Adrian Del Maestro", Match.FULL),
    ("Prof. Adrian Del Maestro", "A. Del Maestro", Match.INITIAL),
    ("Adrian Del Maestro", "A. G. Del Maestro", Match.INITIAL),
    ("Del Maestro, Adrian", "Adrian Del Maestro", Match.FULL),
    ("Adrian Del Maestro", "Del Maestro, A.", Match.INITIAL),
    ("Adrian Del Maestro", "Adrian DelMaestro", Match.FULL),
    ("Dr. Anne-Sophie von Müller, PhD", "A.-S. Mueller", Match.INITIAL),
    ("Dr. Anne-Sophie von Müller, PhD", "A. -S. Muller", Match.INITIAL),
    ("Dr. Anne-Sophie von Müller, PhD", "Anne Sophie von Muller", Match.FULL),
    ("Ludwig van Beethoven", "Beethoven, L. van", Match.INITIAL),
    ("Ludwig van Beethoven", "Ludwig Beethoven", Match.FULL),
    ("Ying-Jer Kao", "Y. -J. Kao", Match.INITIAL),
    ("Yingjer Kao", "Y. -J. Kao", Match.INITIAL),
    ("Ying-Jer Kao", "Yingjer Kao", Match.FULL),
    ("Kao Ying-Jer", "Ying-Jer Kao", Match.FULL),
    ("Wang Xiaoming", "Xiaoming Wang", Match.FULL),
    ("Wang Xiaoming", "X. Wang", Match.INITIAL),
    ("王小明 (Xiaoming Wang)", "X. Wang", Match.INITIAL),
    ('Robert "Bob" Smith Jr.', "Bob Smith", Match.FULL),
    ("Robert 'Bob' Smith", "Robert J. Smith", Match.FULL),
    ("J. Robert Oppenheimer", "Robert Oppenheimer", Match.FULL),
    ("Gabriel García Márquez", "G. Garcia-Marquez", Match.INITIAL),
    ("Sean O’Brien", "Sean O'Brien", Match.FULL),
    ("Łukasz Wałęsa", "Lukasz Walesa", Match.FULL),
    ("Jean-Pierre de la Fontaine", "J. -P. de la Fontaine", Match.INITIAL),
    ("Dr. rer. nat. Nat Friedman", "Nat Friedman", Match.FULL),
    ("Yo-Yo Ma", "Yo-Yo Ma", Match.FULL),
    ("Plato", "Plato", Match.FULL),
]
OTHERS = [
    ("Adrian Del Maestro", "A. Maestro"),
    ("Adrian Del Maestro", "B. Del Maestro"),
    ("Adrian Del Maestro", "Andrea Del Maestro"),
    ("Adrian Del Maestro", "Adrian Maestri"),
    ("Anne Jones", "A. Smith-Jones"),
    ("John A. Smith", "John B. Smith"),
    ("Thomas Martin", "Martin Thomas"),
    ("Wang Li", "Li Wang"),
    ("Plato", "A. Plato"),
    ("Ada Example", ""),
    ("Ada Example", "The ATLAS Collaboration"),
    ("Xiaoming Wang", "王小明"),
]


@pytest.mark.parametrize(("name", "author", "match"), SAME)
def test_spellings_of_one_person_are_recognised(name: str, author: str, match: Match) -> None:
    person = parse_name(name)
    assert person is not None
    assert match_author(person, author) is match


@pytest.mark.parametrize(("name", "author"), OTHERS)
def test_other_people_are_told_apart(name: str, author: str) -> None:
    person = parse_name(name)
    assert person is not None
    assert match_author(person, author) is Match.NONE


def test_an_initial_of_words_that_changed_places_is_only_a_guess() -> None:
    lee_smolin = parse_name("Lee Smolin")
    assert lee_smolin is not None
    assert match_author(lee_smolin, "S. Lee") is Match.GUESS
    assert match_author(lee_smolin, "L. Smolin") is Match.INITIAL


@pytest.mark.parametrize("text", ["", "   ", "Prof.", "王小明", "12345", "…", "Prof. Dr."])
def test_text_without_a_latin_name_is_no_name(text: str) -> None:
    assert parse_name(text) is None
