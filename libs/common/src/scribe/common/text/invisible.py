"""Characters that nobody sees, and that hide text from readers or split words that would be found."""

import re

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
    "|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,1000}"
)
_JOINERS = re.compile("[\u200c\u200d]{1,1000}")
_LAST_LATIN = 0x058F
"""Up to here are scripts whose letters are not joined: Latin, Greek, Cyrillic, Armenian."""
_LINE_ENDS = re.compile("\r\n|[\r\u000b\u000c\u0085\u2028\u2029]")


def without_invisible(text: str) -> str:
    """The text without control characters and characters that nobody sees (zero-width, bidi, tags).

    Joiners stay between letters of scripts that need them and within emoji.
    """
    return _JOINERS.sub(_joiner, _INVISIBLE.sub("", text))


def _joiner(match: "re.Match[str]") -> str:
    before, after = match.string[max(0, match.start() - 1) : match.start()], match.string[match.end() : match.end() + 1]
    needed = before > chr(_LAST_LATIN) and after > chr(_LAST_LATIN)
    return match.group()[0] if needed else ""


def with_plain_line_ends(text: str) -> str:
    """The text with every line end as `\\n`."""
    return _LINE_ENDS.sub("\n", text)
