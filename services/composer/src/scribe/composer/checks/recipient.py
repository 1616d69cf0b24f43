"""Is it to the right person? The greeting and the name."""

import re
from collections.abc import Iterator

from scribe.common.text.folding import fold, fold_accents
from scribe.common.text.name_words import TITLES
from scribe.common.text.names import parse_name
from scribe.common.text.placeholders import find_gaps
from scribe.common.text.wording import words
from scribe.composer.checks.problem import DraftProblem
from scribe.composer.draft import Draft
from scribe.composer.material import Material
from scribe.composer.vocabulary import GENDERED_TITLES

_GREETING = re.compile(
    r"\A\s{0,40}(?:dear|hi|hello|hey|good (?:morning|afternoon|evening)|greetings|sehr geehrte[rs]?|liebe[rs]?|"
    r"guten tag|hallo|cher|chère|bonjour|estimad[oa]|querid[oa]|hola|gentile|caro|cara|prezad[oa]|car[oa]|geachte|"
    r"beste)\b(?P<name>[^\n,:!]{0,300})(?:[,:!]|\n|$)",
    re.IGNORECASE,
)
MAX_WORDS_OF_A_NAME = 5
_NAME_GAP = re.compile(r"\bname\b|\brecipient\b|\bprofessor\b|\blast\b|\bsurname\b", re.IGNORECASE)


def misnames_the_recipient(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """A greeting with another name than the recipient's."""
    greeted = greeted_name(draft.body)
    if greeted is None or fold(greeted) in fold(material.template):
        return
    known = _parts(called(material.name)) | _parts(material.template)
    strange = [word for word in greeted.split() if not _is_of(word, known, called(material.name))]
    if strange:
        yield DraftProblem(
            "misnames_the_recipient", f"The greeting was not to the recipient. Their name is {material.name}."
        )


def guesses_a_title(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """`Mr` or `Ms` in the greeting, where neither the name nor the template has it."""
    greeted = greeted_name(draft.body)
    if greeted is None:
        return
    guessed = (set(words(greeted)) & GENDERED_TITLES) - set(words(material.own_text))
    if guessed:
        yield DraftProblem("guesses_a_title", "The greeting guessed a title. Use the name as it is given.")


def leaves_the_name_out(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """A template that asks for the recipient's name, and an e-mail without any part of it."""
    labels = [gap.label for p in material.placeholders if p.about == "recipient" for gap in find_gaps(p.text)]
    if not any(_NAME_GAP.search(re.sub(r"[_\-.]+", " ", label)) for label in labels):
        return
    written, spoken = fold_accents(draft.body), _parts(draft.body)
    parts = {part for part in _parts(called(material.name)) - TITLES if len(part) > 1}
    if not any(part in spoken or (not part.isascii() and part in written) for part in parts):
        yield DraftProblem("leaves_the_name_out", f"The recipient's name is missing. It is {material.name}.")


def called(name: str) -> str:
    """A name with its titles and all forms of its words, without degrees and affiliations."""
    person = parse_name(name)
    if person is None:
        return name
    forms = sorted(form for word in (*person.given, *person.family) for form in person.forms_of(word))
    return " ".join((*person.titles, person.shown, *person.nicknames, *forms))


def greeted_name(body: str) -> str | None:
    """Whom the greeting names, None when the body opens without one. A subject line may stand before it."""
    greeting = _greeting(body)
    return None if greeting is None else greeting.group("name").strip() or _named_after(_rest(greeting))


def greeting_line(body: str) -> str | None:
    """The line that greets and does nothing else."""
    greeting = _greeting(body)
    if greeting is None or (_rest(greeting).strip() and not _named_after(_rest(greeting))):
        return None
    return greeting.string.strip()


def _greeting(body: str) -> "re.Match[str] | None":
    lines = [line for line in body.splitlines() if line.strip()]
    return next(filter(None, map(_GREETING.match, lines[:2])), None)


def _rest(greeting: "re.Match[str]") -> str:
    return greeting.string[greeting.end() :]


def _named_after(rest: str) -> str:
    """Whom `Good morning, Dr. Lee,` names; a sentence that goes on in the same line names nobody."""
    name = rest.strip(" \t,:!")
    return name if len(name.split()) <= MAX_WORDS_OF_A_NAME and not name.endswith((".", "?")) else ""


def _parts(text: str) -> set[str]:
    return {part for word in words(fold_accents(text)) for part in word.replace("'", "-").split("-")}


def _is_of(word: str, known: set[str], name: str) -> bool:
    parts = _parts(word)
    if not parts or parts <= known or parts <= TITLES:
        return True
    if all(len(part) == 1 for part in parts):
        return all(any(other.startswith(part) for other in _parts(name)) for part in parts)
    return fold_accents(word) in fold_accents(name)
