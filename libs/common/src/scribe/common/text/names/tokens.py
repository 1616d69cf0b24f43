"""The words of a name, each as it was written and folded."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from scribe.common.text.folding import fold_accents, fold_transliterated
from scribe.common.text.name_words import FAMILY_FIRST

_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_LATIN_WORD = re.compile(r"[a-z]+")
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True)
class Token:
    """A word with its hyphenated parts: `Ying-Jer` is `("ying", "jer")`. `written` keeps accents, case and dots."""

    written: str
    words: tuple[str, ...]
    others: tuple[str, ...]
    """The parts with umlauts written out."""

    @property
    def first(self) -> str:
        """The first part."""
        return self.words[0]

    @property
    def joined(self) -> str:
        """The parts in one."""
        return "".join(self.words)

    @property
    def letters(self) -> str:
        """What was written, letters only."""
        return "".join(filter(str.isalpha, self.written))

    @property
    def is_capitals(self) -> bool:
        """Whether it has two letters or more, all of them capitals."""
        return len(self.letters) > 1 and self.letters.isupper()

    @property
    def is_initials(self) -> bool:
        """Whether it can only be initials: `A.`, `AJ`, `JRR`."""
        return len(self.joined) == 1 or (
            self.is_capitals and (len(self.letters) == 2 or not _VOWELS & set(self.joined))
        )


def tokens(text: str) -> list[Token]:
    """The words of a text in Latin letters; `Y. -J. Kao` has three, `M.D.` is `M.` and `D.`."""
    spaced = re.sub(r"\bph\.\s?d\b", "PhD", text, flags=re.IGNORECASE).translate(_HYPHENS).replace(".", ". ")
    return [token for piece in spaced.split() if (token := _token(piece)) is not None]


def _token(piece: str) -> Token | None:
    bare = _APOSTROPHES.sub("", piece)
    words = _LATIN_WORD.findall(fold_accents(bare))
    others = _LATIN_WORD.findall(fold_transliterated(bare))
    if not words:
        return None
    return Token(
        piece.strip('"“”„«»[](){}<>|/:;!?*_'),
        tuple(words),
        tuple(others) if len(others) == len(words) else tuple(words),
    )


def flat(found: Iterable[Token]) -> tuple[str, ...]:
    """All parts of all tokens."""
    return tuple(word for token in found for word in token.words)


def written(found: Iterable[Token]) -> str:
    """The tokens as they stood; words all in capitals as names are written."""
    return " ".join(_as_name(token) for token in found).replace(". -", ".-")


def _as_name(token: Token) -> str:
    is_name = token.is_capitals and (not token.is_initials or token.joined in FAMILY_FIRST)
    return token.written.title() if is_name else token.written
