"""Does it pass on a way to reach somebody? Telephone numbers, messenger names and codes that nobody gave."""

import re
from collections.abc import Iterator

from scribe.common.text.contacts import MESSENGERS, phone_pattern
from scribe.common.text.folding import fold
from scribe.composer.checks.links import sentences_with
from scribe.composer.checks.problem import DraftProblem
from scribe.composer.draft import Draft, legible
from scribe.composer.material import Material

MIN_PHONE_DIGITS = 8
MIN_CODE = 24
"""Letters and digits in a row from which they are a code."""
MIN_CAPITALS_INSIDE = 3

_PHONE = re.compile(rf"(?<![\w.])\+?{phone_pattern(MIN_PHONE_DIGITS)}(?!\w)")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d\d-\d\d|(?:1[4-9]|20)\d\d ?[-–/] ?(?:1[4-9]|20)\d\d")
_HANDLE = re.compile(r"(?<![\w.@])@[^\W\d]\w{2,40}")
_MESSENGER = re.compile(
    rf"\b(?:{MESSENGERS}|signal)(?: (?:id|handle|name|username|number))?\s?[:@]\s?\w{{3,40}}",
    re.IGNORECASE,
)
_CODE = re.compile(rf"[A-Za-z0-9+/]{{{MIN_CODE},}}={{0,2}}")
_CAPITAL_INSIDE = re.compile(r"[a-z0-9][A-Z]")


def holds_contact_data(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """A telephone number, messenger name or code, such as a wallet's, that the template and the papers do not have."""
    given = fold("\n".join((material.own_text, *(f"{p.title} {p.url} {p.abstract}" for p in material.papers))))
    for line in draft.body.splitlines():
        for contact in contacts_of(line):
            if fold(contact) not in given:
                correction = f"Leave out {contact}: it leads to somebody, and the template does not have it."
                yield DraftProblem("holds_contact_data", correction, tuple(sentences_with(contact, line, material)))


def contacts_of(text: str) -> list[str]:
    """The telephone numbers, handles, messenger names and codes of a text, each once."""
    shown = legible(text)
    phones = [match.group() for match in _PHONE.finditer(shown) if not _DATE.fullmatch(match.group())]
    codes = [match.group() for match in _CODE.finditer(shown) if _is_code(match.group())]
    handles = [match.group() for pattern in (_HANDLE, _MESSENGER) for match in pattern.finditer(shown)]
    return list(dict.fromkeys((*phones, *handles, *codes)))


def _is_code(token: str) -> bool:
    """Digits or capitals within: no word of a language has them, however long."""
    letters = re.sub(r"[^A-Za-z]", "", token)
    inside = len(_CAPITAL_INSIDE.findall(token)) >= MIN_CAPITALS_INSIDE
    return bool(letters) and (inside or any(map(str.isdigit, token)) or token.endswith("="))
