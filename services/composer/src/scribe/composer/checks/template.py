"""Is it the sender's e-mail? Gaps, fixed text, paragraphs, and nothing about the sender that nobody said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scribe.common.tasks.data import Placeholder
from scribe.common.text.folding import fold
from scribe.common.text.placeholders import find_gaps, fixed_parts
from scribe.common.text.sentences import split_sentences
from scribe.common.text.wording import paragraphs, words
from scribe.composer.checks.filling import filling_of
from scribe.composer.checks.problem import DraftProblem
from scribe.composer.draft import Draft
from scribe.composer.material import Material

KEPT_WITH_GAPS = 0.9
KEPT_WITHOUT_GAPS = 0.8
"""Shares of the template's fixed words that stand in the e-mail."""

_ASIDE = re.compile(r"\([^()]*\)")
_SENDER_NAME = re.compile(
    r"^(?:(?:my|your|the|sender'?s?|student'?s?|own|full)\s+)*name$|^(?:your |my )?signature$|^sender$"
)

_FIRST_PERSON = frozenset(("i", "me", "my", "we", "us", "our", "ich", "mich", "mir", "wir", "uns"))


def leaves_gaps(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """A gap that is to be filled, or a brace that the template does not have."""
    staying = {p.text for p in material.placeholders if p.about == "sender" or asks_for_a_reaction(p.text)}
    for text in dict.fromkeys(gap.text for gap in find_gaps(draft.body)):
        if text not in staying:
            yield DraftProblem("leaves_gaps", f"The gap {text} was left. Fill it, or word around it.")
    for brace in ("{{", "}}"):
        if "".join(fixed_parts(draft.body)).count(brace) > "".join(fixed_parts(material.template)).count(brace):
            yield DraftProblem("leaves_gaps", f"The body held a stray {brace}.")


def invents_the_sender(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """A gap about the sender filled with what neither the sender's name nor the template says."""
    said = set(words(f"{material.template}\n{material.sender_name or ''}"))
    for placeholder in material.placeholders:
        if placeholder.about != "sender" or placeholder.text in draft.body:
            continue
        filling = filling_of(placeholder.text, material.template, draft.body)
        if filling is None or not set(words(filling)) <= said:
            yield DraftProblem("invents_the_sender", _leave_or_name(placeholder, material))


def asks_for_a_reaction(gap: str) -> bool:
    """Whether a gap asks in the first person for what only the sender can say: `{{what I like about it}}`."""
    return any(not _FIRST_PERSON.isdisjoint(words(found.label.replace("_", " "))) for found in find_gaps(gap))


def _leave_or_name(placeholder: Placeholder, material: Material) -> str:
    if is_sender_name(placeholder.text) and material.sender_name:
        return f"Put {material.sender_name} in the place of {placeholder.text}, and nothing else."
    return f"Nobody has said what belongs into {placeholder.text}. Leave it exactly as it stands, with its brackets."


def is_sender_name(gap: str) -> bool:
    """Whether a gap about the sender asks for their name."""
    found = find_gaps(gap)
    return bool(found) and _SENDER_NAME.match(fold(re.sub(r"[_\-.]+", " ", found[0].label))) is not None


def loses_fixed_text(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """More of the template's own words missing than grammar can demand."""
    pieces = fixed_pieces(material.template)
    written = Written.of(draft.body)
    lost = {piece: count for piece in pieces if (count := _lost_words(piece, written))}
    total = sum(len(words(piece)) for piece in pieces)
    share = KEPT_WITH_GAPS if find_gaps(material.template) else KEPT_WITHOUT_GAPS
    if sum(lost.values()) > max(1, total * (1 - share)):
        shown = "; ".join(f'"{piece}"' for piece in list(lost)[:8])
        yield DraftProblem("loses_fixed_text", f"The template's own words are to be kept. Missing or changed: {shown}.")


def _lost_words(piece: str, body: "Written") -> int:
    """How many of a piece's words stand nowhere in the body beside one of their neighbours in the piece."""
    wanted = words(piece)
    if len(wanted) < 2:
        return sum(word not in body.words for word in wanted)
    kept = [pair in body.pairs for pair in pairwise(wanted)]
    return sum(not (before or after) for before, after in zip([False, *kept], [*kept, False], strict=True))


@dataclass(frozen=True)
class Written:
    """The words of a body, and which of them are neighbours."""

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, body: str) -> "Written":
        """What stands in a body."""
        spoken = words(body)
        return cls(frozenset(spoken), frozenset(pairwise(spoken)))


def fixed_pieces(template: str) -> list[str]:
    """The template's own words between gaps, line ends and sentence ends, folded, without outer punctuation."""
    parts = fixed_parts(template)
    if len(parts) == 1:
        parts = _ASIDE.split(template)
    pieces = [piece for part in parts for piece in split_sentences(part) if not {"{", "}"} & set(piece)]
    folded = (fold(piece).strip(" \t.,;:!?-'\"()") for piece in pieces)
    return [piece for piece in folded if words(piece)]


def breaks_paragraphs(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Another number of paragraphs than the template has. A paragraph that is all gap may become none or two."""
    wanted = paragraphs(material.template)
    loose = sum(1 for paragraph in wanted if not fixed_pieces(paragraph))
    room = loose if find_gaps(material.template) else max(1, loose)
    written = len(paragraphs(draft.body))
    if draft.body.strip() and not len(wanted) - loose <= written <= len(wanted) + room:
        correction = f"The template has {len(wanted)} paragraphs, the body had {written}. Keep the template's."
        yield DraftProblem("breaks_paragraphs", correction)
