"""Recognising names in which the family name comes first."""

import re
from collections.abc import Sequence

from scribe.common.text.name_words import FAMILY_FIRST, PARTICLES, VIETNAMESE
from scribe.common.text.names.tokens import Token

MAX_SYLLABLES = 3
MAX_WORD = 16
_CHINESE = (
    r"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ao|ou|an|en|er|in|ia|ie|iu|ua|uo|ui|un|ue|a|o|e|i|u))"
)
_KOREAN = (
    r"(?:(?:kk|tt|pp|ss|jj|ch|[gkndtrlmbpshjyw])?y?"
    r"(?:ae|eo|eu|oo|ee|ui|wa|wo|we|a|e|i|o|u)(?:ng|[klmnpt])?)"
)
_SYLLABLES = re.compile(rf"{_CHINESE}{{1,{MAX_SYLLABLES}}}|{_KOREAN}{{1,{MAX_SYLLABLES}}}")
"""What a given name from China or Korea is made of. Matched against words of `MAX_WORD` letters at most."""


def is_family_first(found: Sequence[Token]) -> bool:
    """Whether a name without a comma begins with its family name, as `MAID Amy`, `Pan Jianwei` or `Nguyen Van An`."""
    return leading_capitals(found) > 0 or _is_east_asian(found)


def leading_capitals(found: Sequence[Token]) -> int:
    """The number of words in a leading family name in capitals, followed by a given name that is not; 0 if none."""
    count = next((i for i, token in enumerate(found) if not _is_of_family(token)), len(found))
    if count == len(found) or not any(token.is_capitals for token in found[:count]):
        return 0
    return count if not any(token.is_capitals and not token.is_initials for token in found[count:]) else 0


def _is_of_family(token: Token) -> bool:
    if token.first in PARTICLES and token.written.islower():
        return True
    return token.is_capitals and (token.joined in FAMILY_FIRST or not token.is_initials)


def _is_east_asian(found: Sequence[Token]) -> bool:
    if len(found) < 2 or found[0].joined not in FAMILY_FIRST or found[-1].joined in FAMILY_FIRST:
        return False
    if found[0].joined in VIETNAMESE:
        return True
    given = "".join(token.joined for token in found[1:])
    return len(given) <= MAX_WORD and all(_SYLLABLES.fullmatch(token.joined) for token in found[1:])
