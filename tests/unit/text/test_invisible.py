"""Characters that nobody sees are taken out; those that scripts and emoji need stay."""

import pytest

from scribe.common.text.invisible import with_plain_line_ends, without_invisible


@pytest.mark.parametrize(
    "text",
    [
        "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{MICROSCOPE}",
        "\u2764\ufe0f",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "क्\u200dष",
        "line\nand\ttab\r\n",
        "no\u00a0break",
    ],
)
def test_what_is_needed_stays(text: str) -> None:
    assert without_invisible(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a\u200db",
        "a\u200c\u200d\u200cb",
        "\u200dab",
        "ab\u200d",
        "a\u00adb",
        "a\u200bb",
        "a\ufe00\ufe01\ufe02b",
        "a\U000e0041b",
    ],
)
def test_what_hides_goes(text: str) -> None:
    assert without_invisible(text) == "ab"


def test_every_line_end_is_one() -> None:
    assert with_plain_line_ends("a\r\nb\rc\u2028d\u2029e\x85f\x0bg\x0ch\ni") == "a\nb\nc\nd\ne\nf\ng\nh\ni"
