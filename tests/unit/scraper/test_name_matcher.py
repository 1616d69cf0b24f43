"""Which texts name the recipient."""

import pytest

from scribe.scraper.name_matcher import NameMatcher

ADA = NameMatcher.named("Prof. Ada Example")


@pytest.mark.parametrize(
    "text",
    [
        "Ada Example is a professor.",
        "The work of Prof. Example is known.",
        "Example's group studies helium.",
        "ADA EXAMPLE LEADS THE GROUP.",
        "Example, Ada: curriculum vitae",
        "Ada studied at Nowhere College.",
    ],
)
def test_the_family_name_or_the_given_name_names_the_person(text: str) -> None:
    assert ADA.is_named_in(text)


@pytest.mark.parametrize("text", ["Bob Other scored a goal.", "Several examples are given.", ""])
def test_other_names_do_not(text: str) -> None:
    assert not ADA.is_named_in(text)


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("A page about Ada Example and others", True),
        ("A page about A. Example", True),
        ("Example, Ada", True),
        ("A page about Professor Example and others", False),
        ("A page about Bob Example", False),
    ],
)
def test_a_full_name_needs_a_given_name_that_agrees(text: str, *, full: bool) -> None:
    assert ADA.is_named_in_full(text) is full


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("Adrian Del Maestro", "Del Maestro is a physicist.", True),
        ("Adrian Del Maestro", "The Maestro conducts.", False),
        ("Ludwig van Beethoven", "Beethoven was a composer.", True),
        ("Sean O’Brien", "Sean O'Brien’s book was read.", True),
        ("Łukasz Wałęsa", "Lukasz Walesa is a professor.", True),
        ("Jörg Müller", "Mueller leads the group.", True),
        ("王小明", "王小明是物理学教授。", True),
        ("王小明", "李小龙是演员。", False),
    ],
)
def test_names_of_all_kinds_are_recognised(name: str, text: str, *, named: bool) -> None:
    assert NameMatcher.named(name).is_named_in(text) is named


def test_the_shown_name_has_no_titles() -> None:
    assert NameMatcher.named("Prof. Dr. Ada Example, PhD").shown == "Ada Example"
    assert NameMatcher.named("王小明").shown == "王小明"
