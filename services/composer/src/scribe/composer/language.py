"""Which language and script a text is in, from its commonest words and its letters."""

import unicodedata

from scribe.common.text.wording import words
from scribe.composer.vocabulary import STOP_WORDS


def language_of(text: str) -> str | None:
    """The language that a text's commonest words point to, None when they do not settle it."""
    spoken = words(text)
    counts = sorted(((sum(word in stop for word in spoken), name) for name, stop in STOP_WORDS.items()), reverse=True)
    (most, name), (second, _) = counts[0], counts[1]
    return name if most >= 4 and most >= 1.5 * second else None


def scripts_of(text: str) -> set[str]:
    """The scripts of a text's letters (`LATIN`, `CYRILLIC`, `CJK`, …). Greek is everybody's, for its symbols."""
    letters = {char for char in unicodedata.normalize("NFKC", text) if char.isalpha() and ord(char) > 0x24F}
    names = {unicodedata.name(char, "LATIN").split()[0] for char in letters}
    return names - {"LATIN", "GREEK", "MODIFIER", "MICRO", "DOUBLE-STRUCK", "SCRIPT"}
