"""Types of fields of requests: texts that are not blank, and that PostgreSQL can store."""

from pydantic import AfterValidator
from pydantic.config import JsonDict


def not_blank(text: str) -> str:
    """Refuse a text of white space, and what PostgreSQL cannot store."""
    if not text.strip():
        raise ValueError("must not be blank")
    return no_nul(text)


def no_nul(text: str) -> str:
    """Refuse U+0000, which PostgreSQL cannot store, and lone surrogates, which UTF-8 cannot."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain NUL or lone surrogates")
    return text


NotBlank = AfterValidator(not_blank)
NOT_BLANK: JsonDict = {"pattern": r"[^\s\x1c-\x1f\x85]"}
"""What `NotBlank` means in a JSON schema, whose dialects of `\\s` lack some of Python's."""
Storable = AfterValidator(no_nul)
