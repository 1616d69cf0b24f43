"""Which sentences speak of the recipient."""

import pytest

from scribe.scraper.recipient import Recipient

ADA = Recipient.named("Prof. Ada Example")


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Example is a professor.",
        "A. Example works on fluids.",
        "The work of Prof. Example is known.",
        "Example's group studies helium.",
        "ADA EXAMPLE LEADS THE GROUP.",
        "In 2010 Ada M. Example won a prize.",
        "Example, Ada: curriculum vitae",
        "They asked Dr. Example about it.",
        "Recent papers by Example are widely read.",
    ],
)
def test_a_sentence_that_names_the_person_speaks_of_them(sentence: str) -> None:
    assert ADA.named_in(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Anna Example is a painter.",
        "Bob Example scored a goal.",
        "For example, helium is cold.",
        "An example is given by Ada.",
        "Ada Examples is somebody else.",
        "Ada is a programming language.",
        "",
    ],
)
def test_a_sentence_about_somebody_else_does_not(sentence: str) -> None:
    assert not ADA.named_in(sentence)


def test_a_full_name_needs_a_given_name_that_agrees() -> None:
    assert ADA.named_in_full("A page about Ada Example and others")
    assert not ADA.named_in_full("A page about Professor Example and others")


@pytest.mark.parametrize(
    ("name", "sentence", "speaks"),
    [
        ("Adrian Del Maestro", "Del Maestro is a physicist.", True),
        ("Adrian Del Maestro", "The Maestro conducts.", False),
        ("Ludwig van Beethoven", "Beethoven was a composer.", True),
        ("Anne Smith-Jones", "Smith-Jones leads the group.", True),
        ("Anne Smith-Jones", "Anne Jones leads the group.", False),
        ("Sean O’Brien", "Sean O'Brien’s book was read.", True),
        ("Ying-Jer Kao", "Ying-Jer Kao is a professor.", True),
        ("Łukasz Wałęsa", "Lukasz Walesa is a professor.", True),
        ("王小明", "王小明是物理学教授。", True),
        ("王小明", "李小龙是演员。", False),
    ],
)
def test_names_of_all_kinds_are_recognised(name: str, sentence: str, *, speaks: bool) -> None:
    assert Recipient.named(name).named_in(sentence) is speaks


def test_a_pronoun_speaks_of_the_person_only_behind_a_sentence_that_does() -> None:
    assert ADA.speaks_of("She studies fluids.", follows=True)
    assert not ADA.speaks_of("She studies fluids.", follows=False)
    assert not ADA.speaks_of("The weather was fine.", follows=True)


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("She studies fluids.", "Ada Example studies fluids."),
        ("His book was read.", "Ada Example's book was read."),
        ("In 2016, she received a prize.", "In 2016, Ada Example received a prize."),
        ("They study fluids.", "They study fluids."),
        ("Shell theory is hers.", "Shell theory is hers."),
    ],
)
def test_the_name_takes_the_place_of_the_pronoun(sentence: str, told: str) -> None:
    assert ADA.with_subject(sentence) == told


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("Prof. Dr. Ada Example, PhD", "Ada Example"),
        ("Del Maestro, Adrian", "Adrian Del Maestro"),
        ('Robert "Bob" Smith', "Robert Smith"),
        ("Łukasz Wałęsa", "Łukasz Wałęsa"),
        ("王小明", "王小明"),
    ],
)
def test_the_short_name_has_no_titles_and_keeps_its_accents(written: str, short: str) -> None:
    assert Recipient.named(written).short == short
