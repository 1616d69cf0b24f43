"""What may come of reading a PDF: apart from what reads it, so that the gateway does not load that."""

from enum import IntEnum

MAX_PAGES = 20


class Result(IntEnum):
    """What came of a PDF: its exit code."""

    TEXT = 0
    TOO_MANY_PAGES = 3
    UNREADABLE = 4
    """No PDF, or a broken one."""
    NO_TEXT = 5
    """Pictures only, as a scan."""
    NEEDS_PASSWORD = 6
    NO_CHARACTERS = 7
    """Text whose fonts do not say which characters their glyphs are."""
