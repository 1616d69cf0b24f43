"""What tells of a post as of today, and what dates it."""

import pytest

from scribe.scraper.tense import is_told_as_of_today


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Example is a postdoctoral researcher at Cornell Tech who works with Nora Adelstein.",
        "Example ist Stipendiatin der Herzog August Bibliothek in Wolfenbüttel.",
        "Elle est maîtresse de conférences à Lyon.",
        "La Dra. Ejemplo es investigadora asociada del INECOL.",
        "Ada Example è ricercatrice a Pisa.",
        "Ada Example er adjunkt ved Aarhus Universitet.",
    ],
)
def test_a_post_in_the_present_is_told_as_of_today(sentence: str) -> None:
    assert is_told_as_of_today(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ada Example was a postdoctoral researcher at Cornell Tech.",
        "She is a former fellow of the Newton Institute.",
        "From 2014 to 2018 she is listed as a fellow.",
        "Sie war Stipendiatin der Herzog August Bibliothek.",
        "Fue investigadora asociada del INECOL.",
        "Postdoc, Cornell Tech",
        "Ele foi professor em Braga.",
        "Er habilitierte sich an der Humboldt-Universität zu Berlin und forschte danach in Würzburg.",
        "Es folgte ein Aufenthalt in Wien.",
        "Sie forschte am Institut für Physik.",
        "Ben Turner studied physics in Leeds with Bin Zhao.",
        "Elle a fait son doctorat à Lyon.",
        "Na zijn promotie ging hij naar Delft.",
    ],
)
def test_what_is_dated_or_has_no_verb_is_not(sentence: str) -> None:
    assert not is_told_as_of_today(sentence)
