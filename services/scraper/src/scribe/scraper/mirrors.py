"""Copies of one text on several pages, told by the runs of words that they share."""

from collections.abc import Mapping

from scribe.scraper.name_matcher import words_of

SHINGLE = 6
"""Words in a row."""
MIN_SHARED = 0.6
"""Share of the shorter text's shingles from which it is a copy."""
MIN_SHINGLES = 3
"""Texts with fewer are too short to tell."""

Shingles = frozenset[int]


def shingles(text: str) -> Shingles:
    """The runs of words of a text."""
    words = words_of(text)
    return frozenset(hash(tuple(words[i : i + SHINGLE])) for i in range(len(words) - SHINGLE + 1))


def mirror_groups(texts: Mapping[str, str]) -> dict[str, str]:
    """For each text (by its id) the id of the text that stands for it and its copies: the longest, else the first."""
    known = {name: shingles(text) for name, text in texts.items()}
    originals: dict[str, str] = {}
    for name in sorted(texts, key=lambda name: -len(known[name])):
        copied = (other for other in texts if originals.get(other) == other and _is_copy(known[name], known[other]))
        originals[name] = next(copied, name)
    return originals


def _is_copy(shorter: Shingles, longer: Shingles) -> bool:
    return len(shorter) >= MIN_SHINGLES and len(shorter & longer) >= MIN_SHARED * len(shorter)
