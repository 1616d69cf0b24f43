"""Which scripts a text is in, from its letters."""

import re
import unicodedata

_OTHER = (
    "\u0400-\u052f\u0531-\u0587\u13a0-\u13fd"
    "\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
)
"""Cyrillic, Armenian, Cherokee, and the letters of Greek that look Latin, so that nobody uses them as symbols."""
_LOOKALIKE = re.compile(f"[A-Za-z][{_OTHER}]|[{_OTHER}][A-Za-z]")


def scripts_of(text: str) -> set[str]:
    """The scripts of a text's letters (`LATIN`, `CYRILLIC`, `CJK`, …). Greek is everybody's, for its symbols."""
    letters = {char for char in unicodedata.normalize("NFKC", text) if char.isalpha() and ord(char) > 0x24F}
    names = {unicodedata.name(char, "LATIN").split()[0] for char in letters}
    return names - {"LATIN", "GREEK", "MODIFIER", "MICRO", "DOUBLE-STRUCK", "SCRIPT"}


def has_lookalikes(text: str) -> bool:
    """Whether a Latin letter stands beside a letter of another script that looks like one."""
    return _LOOKALIKE.search(text) is not None
