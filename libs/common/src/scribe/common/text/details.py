"""The details of a text by which code verifies it without a model: numbers and what stands in quotation marks."""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from scribe.common.text.folding import fold_accents
from scribe.common.text.wording import words

_THOUSANDS_AND = re.compile(r"(?<![\d.,])(\d{1,3}) mil (\d{1,3})(?!\d)")
"""Spanish and Portuguese: `3 mil 400`."""
_DATE = re.compile(r"\b(?:(?:1[5-9]|20)\d\d[./-]\d{1,2}(?:[./-]\d{1,2})?|\d{1,2}[./-]\d{1,2}[./-](?:1[5-9]|20)\d\d)\b")
_DIGITS = re.compile(r"\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_POWERS_OF_TEN = {
    3: "k thousand tausend mil mille duizend tusind tusen",
    6: "million millions mio millionen millon millones milhao milhoes milione milioni miljoen miljoner millioner",
    9: "billion milliarden mrd milliard milliards miliardi miljard miljarder milliarder",
}
"""With the words for them, without accents."""
_MAGNITUDES = {word: power for power, spelling in _POWERS_OF_TEN.items() for word in spelling.split()}
_NUMBER = re.compile(r"((?<!\d)\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,']\d+)*)" rf"(?:\s?({'|'.join(_MAGNITUDES)})\b)?")
_CARDINALS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_ORDINALS = (
    "- first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_GERMAN = "null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf"
_SPELLED_OUT = {
    word: str(number) for spelling in (_CARDINALS, _ORDINALS, _GERMAN) for number, word in enumerate(spelling.split())
}
_QUOTED = re.compile(r"[“\"„«]([^“”\"„«»\n]{1,300})[”\"»“]")
_EMPHASISED = re.compile(r"(?<!\w)[*_]([^*_\n]{3,300})[*_](?!\w)|(?<!\w)[‘']([^‘’'\n]{8,300})[’'](?!\w)")


def numbers_of(text: str, *, spelled_out: bool = False) -> list[frozenset[str]]:
    """The numbers of a text, each as the digits in which another text may write it: `1.8 million` is `18` or `1800000`.

    Signs between digits are left out, since languages separate thousands and decimals each in its way. A date is the
    numbers that it consists of. With `spelled_out` small numbers in words count too.
    """
    folded = _THOUSANDS_AND.sub(lambda match: f"{match[1]}{match[2]:0>3}", fold_accents(text))
    found = [frozenset({str(int(part))}) for date in _DATE.findall(folded) for part in _DIGITS.findall(date)]
    found += [_forms(match.group(1), match.group(2)) for match in _NUMBER.finditer(_DATE.sub(" ", folded))]
    if spelled_out:
        found += [frozenset({_SPELLED_OUT[word]}) for word in _LETTERS.findall(folded) if word in _SPELLED_OUT]
    return found


def known_numbers(text: str) -> frozenset[str]:
    """Every form of every number of a text that others are held against."""
    return frozenset().union(*numbers_of(text, spelled_out=True))


def unknown_numbers(text: str, known: AbstractSet[str]) -> Iterator[str]:
    """The numbers of a text of which no form is known, each in its shortest."""
    return (min(forms, key=len) for forms in numbers_of(text) if not forms & known)


def _forms(digits: str, magnitude: str | None) -> frozenset[str]:
    plain = re.sub(r"\D", "", digits)
    if magnitude is None:
        return frozenset({plain})
    whole, _, fraction = re.sub(r"[,']", ".", digits).partition(".")
    zeros = _MAGNITUDES[magnitude] - len(fraction)
    return frozenset({plain, re.sub(r"\D", "", whole + fraction) + "0" * max(zeros, 0)})


def quotations_of(text: str) -> list[str]:
    """What stands in double quotation marks, of whatever language."""
    return _QUOTED.findall(text)


def titles_of(text: str) -> list[str]:
    """What stands in quotation marks or italics and has two words or more."""
    emphasised = (match.group(1) or match.group(2) for match in _EMPHASISED.finditer(_QUOTED.sub(" ", text)))
    found = (title.strip(" .,;:!?") for title in (*quotations_of(text), *emphasised))
    return [title for title in found if len(words(title)) > 1]
