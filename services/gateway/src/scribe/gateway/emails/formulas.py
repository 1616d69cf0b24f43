"""Text for a spreadsheet in which nothing is a formula."""

import re

BEGINS_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""Characters that begin a formula in a spreadsheet, by OWASP's list; the last four are the full-width forms of the
first four.
"""
FORMULA_AFTER_SEPARATOR = re.compile("([;,|\t\r\n][ \u00a0]*)(?=[=+@\uff1d\uff0b\uff0d\uff20-])")
"""Where a program that takes another character for the separator (Excel, by its language) begins a cell."""


def inert(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula, whatever it takes for a cell."""
    text = FORMULA_AFTER_SEPARATOR.sub(r"\1'", text)
    return f"'{text}" if text.startswith(BEGINS_FORMULA) else text
