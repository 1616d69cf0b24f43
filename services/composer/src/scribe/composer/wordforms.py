"""Numbers, quoted titles and content words of a text, in forms that can be compared."""

import re

from scribe.common.text.folding import fold_accents
from scribe.common.text.terms import stem
from scribe.common.text.wording import words

MIN_CONTENT_WORD = 4

_NUMBER = re.compile(r"(\d+(?:[.,'’]\d+)*)(?:\s?(k|thousand|million|billion|mio|tausend|millionen|milliarden)\b)?")
_MAGNITUDES = {
    "k": 3,
    "thousand": 3,
    "tausend": 3,
    "million": 6,
    "mio": 6,
    "millionen": 6,
    "billion": 9,
    "milliarden": 9,
}
_SPELLED_OUT = {
    word: str(number)
    for spelling in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
        "- first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
    )
    for number, word in enumerate(spelling.split())
}
_QUOTED = re.compile(
    r"[“\"„«]([^“”\"„«»\n]{3,300})[”\"»“]|(?<!\w)[*_]([^*_\n]{3,300})[*_](?!\w)|(?<!\w)[‘']([^‘’'\n]{8,300})[’'](?!\w)"
)


def numbers_of(text: str, *, spelled_out: bool = False) -> list[frozenset[str]]:
    """The numbers of a text, each in the forms in which another text may write it: `1.8 million` is `18` or `1800000`.

    With `spelled_out` small numbers in words count too.
    """
    folded = fold_accents(text)
    found = [_forms(match.group(1), match.group(2)) for match in _NUMBER.finditer(folded)]
    if spelled_out:
        found += [frozenset({_SPELLED_OUT[word]}) for word in words(folded) if word in _SPELLED_OUT]
    return found


def _forms(digits: str, magnitude: str | None) -> frozenset[str]:
    plain = re.sub(r"\D", "", digits)
    if magnitude is None:
        return frozenset({plain})
    whole, _, fraction = re.sub(r"[,'’]", ".", digits).partition(".")
    zeros = _MAGNITUDES[magnitude] - len(fraction)
    return frozenset({plain, f"{whole}{fraction}{'0' * max(zeros, 0)}"})


def titles_of(text: str) -> list[str]:
    """What stands in quotes or italics and has two words or more."""
    found = ((match.group(1) or match.group(2) or match.group(3)).strip(" .,;:!?") for match in _QUOTED.finditer(text))
    return [title for title in found if len(words(title)) > 1]


def sequence(text: str) -> str:
    """A text as its bare words in a row, with a space at both ends, for finding one text in another."""
    return f" {' '.join(words(fold_accents(text)))} "


def content_words(text: str) -> dict[str, str]:
    """The words that could say something, by their stems: those of four letters or more, and all with a digit."""
    parts = (part for word in words(text) for part in word.split("-"))
    found = (part for part in parts if len(part) >= MIN_CONTENT_WORD or any(map(str.isdigit, part)))
    return {stem(fold_accents(part)): part for part in found}


def stems(text: str) -> set[str]:
    """The stems of all words of a text."""
    return {stem(part) for word in words(fold_accents(text)) for part in re.split(r"[-'’]", word)}
