"""A template from a document: the model writes, code holds it to the rules."""

import asyncio
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, Field

from scribe.common.errors import PermanentError, TransientError, UnavailableError
from scribe.common.models import Rejected, StructuredModel, ask_until
from scribe.common.models.prompts import Prompt
from scribe.common.text.folding import fold_accents
from scribe.common.text.name_words import TITLES
from scribe.common.text.thinking import holds_thinking
from scribe.gateway.problems import BadGateway, GatewayTimeout

MIN_WORDS, MAX_WORDS, MIN_GAPS = 150, 250, 2
MAX_SHARE_OF_NAMES = 0.15
"""Share of capitalised words within sentences above which nouns are capitalised in this language."""
NOT_WRITTEN = (
    "The language model did not write a usable template. Please try again, or word the instructions otherwise."
)
NOT_ANSWERED = "The language model did not answer in time. Please try again."

_GAP = re.compile(r"\{\{[^{}]{1,120}\}\}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_INNER_WORD = re.compile(r"(?<=[^\W\dA-Z_] )[^\W\d_][\w'-]+|(?<=[,;] )[^\W\d_][\w'-]+")
"""A word that begins no sentence."""
_NAME = re.compile(r"(?<=[^\W\dA-Z_] )[A-ZÀ-ÖØ-Þ][\w'-]{2,}|(?<=[,;] )[A-ZÀ-ÖØ-Þ][\w'-]{2,}")
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"'s?$")
_MARKUP = re.compile(r"```|^#{1,6} |\*\*|https?://", re.MULTILINE)


class DraftTemplate(BaseModel):
    """The finished template."""

    template: str = Field(min_length=1, max_length=10_000)


class TemplateWriter:
    """Writes templates within `deadline` seconds, corrections included."""

    def __init__(self, model: StructuredModel, prompt: Prompt, deadline: float) -> None:
        self._model = model
        self._prompt = prompt
        self._deadline = deadline

    async def write(self, document: str, instructions: str) -> str:
        """The template.

        Raises:
            BadGateway: no usable one after three tries, or the model refuses. GatewayTimeout: no answer in time.
        """
        try:
            async with asyncio.timeout(self._deadline):
                return await self._write(document, instructions)
        except (TimeoutError, TransientError, UnavailableError):
            raise GatewayTimeout(NOT_ANSWERED) from None
        except PermanentError:
            raise BadGateway(NOT_WRITTEN) from None

    async def _write(self, document: str, instructions: str) -> str:
        async def review(answer: DraftTemplate) -> Rejected | None:
            faults = list(faults_of(answer.template.strip(), f"{document}\n{instructions}"))
            return Rejected(faults) if faults else None

        blocks = {"document": document, "instructions": instructions}
        asked = await ask_until(self._model, self._prompt, blocks, DraftTemplate, review)
        if asked.value is None:
            raise BadGateway(NOT_WRITTEN)
        return asked.value.template.strip()


def faults_of(template: str, known: str) -> Iterator[str]:
    """What is wrong with a template, in words for the model; `known` is all that may be said about the student."""
    prose = _GAP.sub(" ", template)
    count = len(template.split())
    if not MIN_WORDS <= count <= MAX_WORDS:
        yield f"It has {count} words; write {MIN_WORDS} to {MAX_WORDS}."
    if len(set(_GAP.findall(template))) < MIN_GAPS:
        yield "It needs at least two different placeholders in double curly braces."
    if "{" in prose or "}" in prose:
        yield "A curly brace stands without its partner."
    if _MARKUP.search(template) or holds_thinking(template):
        yield "It must be plain text, without markdown, links or thoughts."
    for invented in invented_in(prose, known):
        yield f"“{invented}” stands neither in the document nor in the instructions; leave it out."


def invented_in(prose: str, known: str) -> list[str]:
    """Numbers, and names in the middle of a sentence, that nobody has said; titles such as Professor are no names.

    Where nouns are capitalised, as in German, only what has a second capital can be told to be a name (`ETH`).
    """
    names = _NAME.findall(prose)
    if len(names) > MAX_SHARE_OF_NAMES * len(_INNER_WORD.findall(prose)):
        names = [name for name in names if not name[1:].islower()]
    numbers = (number for number in _NUMBER.findall(prose) if number not in known)
    words = sorted(set(_WORD.findall(known.casefold())))
    return [*dict.fromkeys(numbers), *(name for name in dict.fromkeys(names) if not _is_said(name, words))]


def _is_said(name: str, words: Sequence[str]) -> bool:
    """Whether a name is a title, or each part of it was said; `words` are sorted."""
    parts = _WORD.findall(_POSSESSIVE.sub("", name.casefold()))
    return fold_accents(name) in TITLES or all(_begins_or_is_plural(part, words) for part in parts)


def _begins_or_is_plural(part: str, words: Sequence[str]) -> bool:
    singular = part.removesuffix("s")
    return _first_from(part, words).startswith(part) or _first_from(singular, words) == singular


def _first_from(prefix: str, words: Sequence[str]) -> str:
    """The first word that does not sort before `prefix`; it begins with `prefix` where any word does."""
    place = bisect_left(words, prefix)
    return words[place] if place < len(words) else ""
