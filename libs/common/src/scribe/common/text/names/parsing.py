"""Parsing names: titles, degrees and affiliations are removed, given and family name are separated.

Only Latin letters are understood: arXiv's records hold no others.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from scribe.common.text.folding import fold
from scribe.common.text.name_words import (
    AFFILIATIONS,
    DEGREES,
    DROPPED_PARTICLES,
    PARTICLES,
    SUFFIXES,
    TITLES,
    TITLES_AFTER_A_TITLE,
    TITLES_OF_OFFICE,
    TITLES_WITH_A_DOT,
    VIETNAMESE,
)
from scribe.common.text.names.order import is_family_first, leading_capitals
from scribe.common.text.names.person import PersonName
from scribe.common.text.names.tokens import Token, flat, tokens, written

MAX_NAME = 255

_NICKNAME = re.compile(
    '["\u201c\u201d\u201e\u00ab\u00bb(\\[]([^"\u201c\u201d\u201e\u00ab\u00bb()\\[\\]]{0,255})["\u201c\u201d\u201e\u00ab\u00bb)\\]]'
)
_SINGLE_QUOTED = re.compile("(?<!\\w)['\u2018]([^'\u2018\u2019]{1,255})['\u2019](?!\\w)")
_BEHIND_THE_NAME = re.compile(r"\s[-\u2013\u2014|/@]\s|[<|;\n]")
"""What separates a name from an address or an affiliation."""
_FORMAL = frozenset({"m", "mme", "mlle"})
_ANY_TITLE = TITLES | TITLES_WITH_A_DOT | TITLES_AFTER_A_TITLE
_IN_CAPITALS = DEGREES - {"ma", "do", "ba", "ch"}
"""Behind a name without a comma the others are family names as often."""


def parse_name(text: str) -> PersonName | None:
    """The name in `text` without titles, degrees and nicknames; None where it holds no name in Latin letters."""
    text = text[:MAX_NAME]
    aside = [*_NICKNAME.findall(text), *_SINGLE_QUOTED.findall(text)]
    name = _parse_plain(_SINGLE_QUOTED.sub(" ", _NICKNAME.sub(" ", text)))
    if name is None:
        return next((found for found in map(_parse_plain, aside) if found), None)
    asides = [found[0] for found in map(tokens, aside) if len(found) == 1]
    nicknames = [token.first for token in asides if len(token.first) > 1 and not token.is_capitals]
    return replace(name, nicknames=tuple(nicknames))


def _parse_plain(text: str) -> PersonName | None:
    before = next(filter(tokens, _BEHIND_THE_NAME.split(text)), "")
    parts = [found for part in before.split(",") if (found := tokens(part))]
    if not parts:
        return None
    titles, first = _split_titles(parts[0])
    first = _without_suffixes(first)
    given = next(filter(None, (_given_in(part, first) for part in parts[1:])), [])
    if not given and all(map(_is_title, first)):
        return None
    name = _comma_order(first, given) if given else _plain_order(first)
    return replace(name, titles=tuple(token.written for token in titles))


def _plain_order(found: list[Token]) -> PersonName:
    """`Jean de la Fontaine`, `MAID Amy`, `Pan Jianwei`: a name as it is spoken."""
    if is_family_first(found):
        count = leading_capitals(found)
        name = _built(found[count or 1 :], found[: count or 1])
        return replace(name, is_family_first=count == 0)
    start = next((i for i in range(1, len(found) - 1) if _opens_family(found, i)), len(found) - 1)
    return _built(found[:start], found[start:])


def _opens_family(found: Sequence[Token], index: int) -> bool:
    """A particle, but the `Van` in `Hung Van Nguyen` is a given name."""
    return found[index].first in PARTICLES and not (
        found[-1].joined in VIETNAMESE and found[index].first in DROPPED_PARTICLES
    )


def _comma_order(family: list[Token], given: list[Token]) -> PersonName:
    """`Fontaine, Jean de la` and `de la Fontaine, Jean`."""
    end = len(given)
    while end > 1 and given[end - 1].first in PARTICLES:
        end -= 1
    return _built(given[:end], [*given[end:], *family])


def _built(given: Sequence[Token], family: Sequence[Token]) -> PersonName:
    last = len(family) - 1
    count = next((i for i, token in enumerate(family) if token.first not in PARTICLES or i == last), last)
    pairs = [pair for token in (*given, *family) for pair in zip(token.words, token.others, strict=True)]
    return PersonName(
        given=tuple(word for token in given for word in _given_words(token)),
        particles=flat(family[:count]),
        family=flat(family[count:]),
        written=_accented(family[count:]),
        transliterations=tuple((one, other) for one, other in pairs if one != other),
        shown_given=written(given),
        shown_family=written(family),
    )


def _given_words(token: Token) -> tuple[str, ...]:
    """`AJ` is `a` and `j`."""
    return tuple(token.joined) if token.is_capitals and token.is_initials else token.words


def _accented(family: Sequence[Token]) -> str:
    if len(family) != 1:
        return ""
    form = fold(family[0].written)
    return form if form != family[0].joined and all(char.isalpha() or char in "'-" for char in form) else ""


def _given_in(part: list[Token], first: list[Token]) -> list[Token]:
    """The given names after a comma; none if a degree, a title or an affiliation follows it."""
    rest = _without_suffixes(_split_titles(part, may_be_all=True)[1])
    if not rest or _is_degree(rest, strictly=len(first) == 1):
        return []
    return rest if _is_alone(first) or not _is_affiliation(rest, first) else []


def _is_affiliation(found: Sequence[Token], first: Sequence[Token]) -> bool:
    is_acronym = found[0].is_capitals and len(found[0].letters) > 2 and not first[0].is_capitals
    return is_acronym or any(token.joined in AFFILIATIONS for token in found)


def _is_alone(first: Sequence[Token]) -> bool:
    """Whether the words before the comma can only be a family name."""
    return len(first) == 1 or (first[0].first in PARTICLES and not leading_capitals(first))


def _is_degree(found: Sequence[Token], *, strictly: bool) -> bool:
    """`M.D.`, `PhD`, `OBE`; strictly, letters with dots are initials (`Maid, M. D.`)."""
    if "".join(token.joined for token in found) in DEGREES and any("." in token.written for token in found):
        return not strictly or len(found) == 1
    return all(
        token.joined in DEGREES and (token.letters[1:] != token.letters[1:].lower() or token.joined in SUFFIXES)
        for token in found
    )


def _split_titles(found: list[Token], *, may_be_all: bool = False) -> tuple[list[Token], list[Token]]:
    """The titles at the beginning, and the rest, which is never empty unless `may_be_all`."""
    last = len(found) if may_be_all else len(found) - 1
    end = 0
    while end < last and _is_title(found[end], found[end + 1 : end + 2], is_first=end == 0):
        end += 1
    end = max(end, _formal_title(found))
    return found[:end], found[end:]


def _formal_title(found: Sequence[Token]) -> int:
    """How many words `Mme la Professeure` or `Judge` before a given and a family name have."""
    if len(found) > 3 and found[0].joined in _FORMAL and found[1].joined in {"le", "la"} and found[2].first in TITLES:
        return 3
    return int(len(found) > 2 and found[0].joined in TITLES_OF_OFFICE and not found[1].is_initials)


def _is_title(token: Token, following: Sequence[Token] = (), *, is_first: bool = True) -> bool:
    if not all(word in _ANY_TITLE for word in token.words):
        return False
    if token.first in TITLES:
        return True
    is_marked = token.written.endswith(".") or any(other.first in TITLES for other in following)
    if token.first in TITLES_WITH_A_DOT:
        return is_marked or not is_first or len(token.words) > 1
    return not is_first and (token.letters.islower() or (is_marked and len(token.letters) > 1))


def _without_suffixes(found: list[Token]) -> list[Token]:
    while len(found) > 1 and _is_suffix(found):
        found = found[:-1]
    return found


def _is_suffix(found: Sequence[Token]) -> bool:
    last = found[-1]
    if last.joined in SUFFIXES:
        return len(found) > 2 or last.joined in {"jr", "sr"} or last.letters[1:] != last.letters[1:].lower()
    plain = not all(token.is_capitals or token.is_initials for token in found[:-1])
    return len(found) > 2 and plain and last.is_capitals and last.joined in _IN_CAPITALS
