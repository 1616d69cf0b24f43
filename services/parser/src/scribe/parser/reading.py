"""What the model says about a template, and what code makes of it.

The model judges (type, meaning, tone); what can be looked up in the template is looked up. So a weak or misled answer
costs quality at most: gaps that do not stand in the template are dropped, those that do are all kept, and every search
term holds the recipient's name and interest.
"""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from scribe.common.tasks.data import ParsedTemplate, Placeholder, TemplateType
from scribe.common.text.folding import fold, fold_accents
from scribe.common.text.names import parse_name
from scribe.common.text.placeholders import Gap, find_gaps

MAX_TERMS = 2
MAX_TERM_LENGTH = 200
MAX_INTEREST_WORDS = 12
MAX_TONE_LENGTH = 300
MAX_MEANING_LENGTH = 200

_OPERATORS = re.compile(r"[\"“”]|\b(?:site|inurl|intitle|filetype):\S*|https?://\S+|\b(?:AND|OR|NOT)\b")
_OF_SENDER = re.compile(
    r"^(?:my|our|sender|student|applicant)\b|\bsender\b|^signature$"
    r"|^your (?:full |first |last |own )?(?:name|signature)$"
)


class GapReading(BaseModel):
    """One gap as the model sees it."""

    model_config = ConfigDict(frozen=True)

    text: str
    meaning: str = ""
    about: Literal["recipient", "sender"] = "recipient"


class TemplateReading(BaseModel):
    """What the template needs."""

    model_config = ConfigDict(frozen=True)

    template_type: TemplateType
    search_terms: list[str] = Field(default_factory=list, description="One or two web searches.")
    placeholders: list[GapReading] = Field(default_factory=list, description="The gaps, in order.")
    tone: str = ""


def corrected(reading: TemplateReading, template: str, name: str, interest: str) -> ParsedTemplate:
    """The parser's result: the model's judgement, held to what the template, the name and the interest say."""
    return ParsedTemplate(
        template_type=reading.template_type,
        search_terms=search_terms(reading.search_terms, name, interest),
        placeholders=placeholders(reading.placeholders, template),
        tone=" ".join(reading.tone.split())[:MAX_TONE_LENGTH],
    )


def placeholders(readings: list[GapReading], template: str) -> tuple[Placeholder, ...]:
    """Every gap of the template once, in order, with the meaning that the model gave it."""
    meant = {fold(reading.text): reading for reading in readings}
    gaps = {gap.text: gap for gap in find_gaps(template)}
    return tuple(_placeholder(gap, meant.get(fold(gap.text))) for gap in gaps.values())


def _placeholder(gap: Gap, reading: GapReading | None) -> Placeholder:
    meaning = " ".join(reading.meaning.split())[:MAX_MEANING_LENGTH] if reading else ""
    return Placeholder(
        text=gap.text,
        meaning=meaning or _spoken(gap.label),
        about="sender" if is_of_sender(gap.label) or (reading and reading.about == "sender") else "recipient",
    )


def is_of_sender(label: str) -> bool:
    """Whether a gap's label by itself says that it is a detail of the sender."""
    return _OF_SENDER.search(_spoken(label)) is not None


def _spoken(label: str) -> str:
    """`my_uniName` as words: `my uni name`."""
    return fold(re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-.]+", " ", label))


def search_terms(terms: list[str], name: str, interest: str) -> tuple[str, ...]:
    """One or two terms, each with the name (without titles) and the interest (its first words)."""
    person = without_titles(name)
    field = " ".join(interest.split()[:MAX_INTEREST_WORDS])
    complete = [_completed(term, person, field) for term in terms if term.strip()][:MAX_TERMS]
    distinct: dict[str, str] = {}
    for term in complete or [_completed("", person, field)]:
        distinct.setdefault(fold(term), term)
    return tuple(distinct.values())


def _completed(term: str, person: str, field: str) -> str:
    bare = " ".join(_OPERATORS.sub(" ", term).split())[:MAX_TERM_LENGTH]
    for wanted, form in ((field, "{bare} {wanted}"), (person, "{wanted} {bare}")):
        if wanted and fold_accents(wanted) not in fold_accents(bare):
            bare = form.format(bare=bare, wanted=wanted).strip()
    return bare


def without_titles(name: str) -> str:
    """A name without `Prof. Dr.` before and `PhD` after it; the name as it is where it is not in Latin letters."""
    person = parse_name(name)
    return person.shown if person else name.strip()
