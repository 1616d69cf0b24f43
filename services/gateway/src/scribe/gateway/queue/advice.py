"""What a user should know of a submission that is accepted all the same: placeholders, interests, repeated people."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scribe.common.text.folding import fold_accents
from scribe.common.text.injection import interest_in
from scribe.common.text.names import Match, PersonName, compare_names, parse_name
from scribe.common.text.submitted import INTEREST_CUT, NO_NAME, is_name
from scribe.common.text.templates import uniform
from scribe.gateway.queue.models import Recipient

MAX_WARNINGS = 20


@dataclass(frozen=True)
class Advice:
    """The template as it is worked with, and sentences for the user."""

    template: str
    warnings: tuple[str, ...]

    @property
    def fields(self) -> dict[str, list[str]]:
        """What the answer to the submission says of it: nothing where there is nothing to say."""
        return {"warnings": list(self.warnings)} if self.warnings else {}


def advice_on(recipients: Sequence[Recipient], email_template: str) -> Advice:
    """The template made uniform, and what may not be as the user thinks."""
    template = uniform(email_template)
    warnings = [*template.warnings, *_of_recipients(recipients), *_repeated(recipients)]
    more = len(warnings) - MAX_WARNINGS
    shown = [*warnings[:MAX_WARNINGS], *([f"And {more} more."] if more > 0 else [])]
    return Advice(template.text if template.text.strip() else email_template, tuple(shown))


def _of_recipients(recipients: Sequence[Recipient]) -> Iterator[str]:
    for number, recipient in enumerate(recipients, 1):
        place = f"Item {number}: " if len(recipients) > 1 else ""
        if not is_name(recipient.recipient_name):
            yield f"{place}{NO_NAME}"
        if interest_in(recipient.recipient_interest).is_cut:
            yield f"{place}{INTEREST_CUT}"


def _repeated(recipients: Sequence[Recipient]) -> Iterator[str]:
    """Each item that may be for the same person as one before it."""
    written = [" ".join(recipient.recipient_name.split()) for recipient in recipients]
    before: dict[str, list[tuple[int, PersonName | None]]] = defaultdict(list)
    for place, name in enumerate(written):
        person = None if any(map(str.isdigit, name)) else parse_name(name)
        keys = _keys(person) if person else {fold_accents(name)}
        seen = (earlier for key in sorted(keys) for earlier in before[key])
        match = next((at for at, other in seen if _may_be_one(person, other)), None)
        if match is not None:
            yield f"Items {match + 1} and {place + 1} may be the same person: {written[match]} and {name}"
        for key in keys:
            before[key].append((place, person))


def _keys(person: PersonName) -> set[str]:
    """Words of which two spellings of one name share at least one."""
    return {form for word in (*person.given, *person.family) for form in person.forms_of(word)}


def _may_be_one(one: PersonName | None, other: PersonName | None) -> bool:
    if one is None or other is None:
        return one is other
    return compare_names(one, other) >= Match.INITIAL
