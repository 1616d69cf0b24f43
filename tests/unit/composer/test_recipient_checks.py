"""The e-mail greets the right person."""

import pytest

from scribe.composer.checks.recipient import greeted_name
from tests.support.writing import GOOD, found_in


@pytest.mark.parametrize(
    "name",
    [
        "Professor Del Maestro",
        "Adrian",
        "Prof. Adrian Del Maestro",
        "Dr. Del Maestro",
        "A. Del Maestro",
        "Professor DEL MAESTRO",
    ],
)
def test_every_form_of_the_right_name_passes(name: str) -> None:
    assert found_in(GOOD.replace("Professor Del Maestro", name)) == set()


@pytest.mark.parametrize("name", ["Dr. Smith", "Professor Del Monaco", "Adriana", "B. Del Maestro"])
def test_a_wrong_name_is_named(name: str) -> None:
    assert "misnames_the_recipient" in found_in(GOOD.replace("Professor Del Maestro", name))


@pytest.mark.parametrize("name", ["Adrian Del Maestro, M.D.", "Del Maestro, Adrian", "DEL MAESTRO Adrian, MIT"])
@pytest.mark.parametrize(("greeted", "is_right"), [("Dr. Del Maestro", True), ("Dr. M.D", False), ("Dr. MIT", False)])
def test_degrees_and_affiliations_are_no_name_to_greet(name: str, greeted: str, is_right: bool) -> None:
    found = found_in(GOOD.replace("Professor Del Maestro", greeted), recipient_name=name)
    assert found.isdisjoint({"misnames_the_recipient", "leaves_the_name_out"}) is is_right


def test_umlauts_may_be_written_out() -> None:
    body = GOOD.replace("Professor Del Maestro", "Dr. Mueller")
    assert "misnames_the_recipient" not in found_in(body, recipient_name="Jürgen Müller")


@pytest.mark.parametrize("title", ["Mr.", "Ms.", "Mrs"])
def test_a_guessed_title_is_named(title: str) -> None:
    assert "guesses_a_title" in found_in(GOOD.replace("Professor Del", f"{title} Del"))


def test_a_title_that_was_given_is_not_guessed() -> None:
    assert found_in(GOOD.replace("Professor Del", "Mr. Del"), recipient_name="Mr. Adrian Del Maestro") == set()


def test_a_missing_name_is_named() -> None:
    assert "leaves_the_name_out" in found_in(GOOD.replace("Professor Del Maestro", "Professor"))


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("José García-Márquez", "Dr. Garcia-Marquez"),
        ("Ludwig van Beethoven", "Herr Beethoven"),
        ("王小明", "王小明"),
        ("Łukasz Søberg", "Dr. Soberg"),
        ("Ana Ruiz", "Dra. Ruiz"),
    ],
)
def test_accents_particles_and_scripts_do_not_hide_the_name(given: str, written: str) -> None:
    found = found_in(GOOD.replace("Professor Del Maestro", written), recipient_name=given)
    assert not found & {"misnames_the_recipient", "leaves_the_name_out"}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("Dear Ada,\n\nHi", "Ada"),
        ("Subject: x\n\nHello Dr. Bee!\n", "Dr. Bee"),
        ("Sehr geehrte Frau Curie,\n", "Frau Curie"),
        ("Good morning Eve:\nx", "Eve"),
        ("Good afternoon, Dr. Smith,\nx", "Dr. Smith"),
        ("Hello, I am Jo and I study physics.\nx", ""),
        ("Hi,\nI am Jo", ""),
        ("I write to you.", None),
    ],
)
def test_the_greeting_is_found(body: str, name: str | None) -> None:
    assert greeted_name(body) == name
