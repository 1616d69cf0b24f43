"""The one folding of text for comparing: case, compatibility forms, quotes, dashes, white space and accents."""

import re
import unicodedata

APOSTROPHES, HYPHENS = "'‘’‚‛`′\u02bc\uff07", "‐‑‒–—―−\ufe58\ufe63\uff0d-"
"""What `fold` makes `'` and `-`."""
_MARKS = str.maketrans(
    {
        **dict.fromkeys(APOSTROPHES, "'"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys(HYPHENS, "-"),
        "…": "...",
    }
)
_STROKES = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i", "ħ": "h"}
)
_TRANSLITERATED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """The text with compatibility forms, case, quotes, dashes and white space made alike; accents stay."""
    marked = text.replace("`", "'") if text.isascii() else unicodedata.normalize("NFKC", text).translate(_MARKS)
    return _SPACE.sub(" ", marked).casefold().strip()


def fold_accents(text: str) -> str:
    """`fold`, and accents and strokes taken off: `Müller` is `muller`, `Łoś` is `los`."""
    folded = fold(text)
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFD", folded.translate(_STROKES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def fold_transliterated(text: str) -> str:
    """`fold_accents`, with umlauts and Nordic vowels written out as their languages do: `Müller` is `mueller`."""
    return fold_accents(unicodedata.normalize("NFC", fold(text)).translate(_TRANSLITERATED))
