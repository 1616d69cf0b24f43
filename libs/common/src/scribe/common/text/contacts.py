"""How somebody is reached: the names of hosts, of messengers, and telephone numbers."""

import re

from scribe.common.text.suffixes import is_public_suffix

MESSENGERS = "telegram|whatsapp|wechat|weixin|viber|threema|skype|discord|kakaotalk|snapchat"
"""As alternatives of a pattern."""
MAX_PHONE_DIGITS = 18
_ABBREVIATIONS = frozenset(("m.sc", "b.sc", "et.al"))
_RESERVED = frozenset(("example", "test", "invalid", "local", "localhost", "internal", "onion"))
_INITIAL_AND_NAME = re.compile(r"[A-Z]\.[A-Z][a-z]+")
_AFTER_HOST = re.compile(r"[/:?#]")


def is_host(dotted: str) -> bool:
    """Whether words joined by dots could be the name of a host: one after the first is a public suffix, or the last
    two are one, as `web.za` is.
    """
    name = _AFTER_HOST.split(dotted, maxsplit=1)[0].casefold()
    if name in _ABBREVIATIONS or _INITIAL_AND_NAME.fullmatch(dotted):
        return False
    _, *labels = name.split(".")
    endings = (*labels, ".".join(labels[-2:]))
    return any(ending in _RESERVED or is_public_suffix(ending) for ending in endings)


def phone_pattern(min_digits: int) -> str:
    """A telephone number of so many digits or more, as part of a pattern."""
    return rf"\d(?:[ ().\-/–]{{0,2}}\d){{{min_digits - 1},{MAX_PHONE_DIGITS - 1}}}"
