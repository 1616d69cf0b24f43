"""The language of a text: told where it can be told, unknown otherwise."""

import pytest

from scribe.common.text.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("She leads a group that studies quantum fluids in narrow pores.", "en"),
        ("Seit 2006 ist er Professor an der Universität Hamburg.", "de"),
        ("Elle dirige le laboratoire de physique théorique.", "fr"),
        ("Es catedrático de física y estudia los fluidos cuánticos.", "es"),
        ("استاد گرامی، من دانشجوی دکتری هستم", "fa"),
        ("尊敬的教授 我是一名博士研究生", "zh"),
    ],
)
def test_a_sentence_is_enough(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize("text", ["", "xyz 123", "{{a}} {{b}}", "Robert Munro, UCSF", "12.5 % 2024"])
def test_what_cannot_be_told_is_unknown_and_not_english(text: str) -> None:
    assert language_of(text) is None
