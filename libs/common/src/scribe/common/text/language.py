"""Which language a text is in. What cannot be told is None, never English."""

from functools import lru_cache
from typing import TYPE_CHECKING

from scribe.common.text.loading import once

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MIN_PROBABILITY = 0.5
MAX_CHARACTERS = 4_000
"""More text makes no answer better."""
MAX_KEPT = 128
"""Answers kept: the template of a campaign and the sentences of one e-mail are asked for again and again."""
_NO_LANGUAGE = "zxx"


def language_of(text: str) -> str | None:
    """The ISO 639-1 code of a text's language (`en`, `de`, `zh`), None where it is too short or too mixed to tell.

    The first call loads a model, which takes about a second and 40 MiB.
    """
    return _language_of(text[:MAX_CHARACTERS])


@lru_cache(MAX_KEPT)
def _language_of(text: str) -> str | None:
    language, probability = _identifier().classify(text)
    return str(language) if float(probability) >= MIN_PROBABILITY and language != _NO_LANGUAGE else None


@once
def _identifier() -> "LanguageIdentifier":
    from scribe.common.text.language_model import load_identifier  # noqa: PLC0415 - numpy takes 7 MiB, the model 14

    return load_identifier()
