"""Is it an e-mail at all? Refusals, empty answers, fences, thinking, remarks, other languages, far too much text."""

import re
from collections.abc import Iterator

from scribe.common.text.folding import fold
from scribe.common.text.language import language_of
from scribe.common.text.placeholders import fixed_parts
from scribe.common.text.thinking import holds_thinking
from scribe.common.text.wording import words
from scribe.composer.checks.problem import DraftProblem
from scribe.composer.draft import Draft
from scribe.composer.material import Material
from scribe.composer.scripts import has_lookalikes, scripts_of
from scribe.composer.vocabulary import META, REFUSALS

MAX_LENGTH = 20_000
ROOM = 1_200
"""Characters that an e-mail may have beyond twice its template."""
MAX_SHOWN = 60
"""Characters of a find that a correction shows."""

_MARKUP = re.compile(
    r"\*\*[^*\n]+\*\*|^#{1,6} |</?[a-z][\w:.-]{0,40}(?:\s[^<>\n]{0,200})?/?>|<!--|&(?:[a-z]{2,8}|#\d{1,6});",
    re.MULTILINE | re.IGNORECASE,
)
_RESIDUE = re.compile(
    r"<\|[^|>\n]{1,40}\|>|</?\w{1,20}$|\[/?INST\]|^(?:system|assistant|user|human) ?:", re.MULTILINE | re.IGNORECASE
)
"""What is left of a model's own format: `<|im_end|>`, `Assistant:`; tags such as `</invoke>` are markup."""


def is_empty(draft: Draft, _material: Material) -> Iterator[DraftProblem]:
    """No text."""
    if not draft.body.strip():
        yield DraftProblem("is_empty", "The body was empty. Write the whole e-mail into `body`.")


def holds_a_fence(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Code fences that the template does not have."""
    if "```" in draft.plain and "```" not in material.template:
        yield DraftProblem("holds_a_fence", "The body held a code fence (```). Write plain text.")


def holds_a_thinking_trace(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """`<think>` and its like."""
    if holds_thinking(draft.plain) and not holds_thinking(material.template):
        yield DraftProblem("holds_a_thinking_trace", "The body held thinking. Write the e-mail alone.")


def holds_markup(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Markdown, HTML or other tags that the template does not have."""
    for found in _foreign(_MARKUP, draft, material):
        yield DraftProblem("holds_markup", f"The body held markdown or a tag ({found}). Write plain text.")


def holds_residue(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Marks between the messages of a model, or the names of those who speak."""
    for found in _foreign(_RESIDUE, draft, material):
        yield DraftProblem(
            "holds_residue", f"The body held a mark that is no part of an e-mail ({found}). Leave it out."
        )


def _foreign(pattern: re.Pattern[str], draft: Draft, material: Material) -> list[str]:
    """What the pattern finds in the body, each once, and the template does not hold."""
    found = dict.fromkeys(match.group() for match in pattern.finditer(draft.plain))
    return [piece[:MAX_SHOWN] for piece in found if piece not in material.template]


def is_a_refusal(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Phrases of refusal that are not in the template."""
    for phrase in _new_phrases(REFUSALS, draft, material):
        yield DraftProblem(
            "is_a_refusal", f'The body declined ("{phrase}"). It is an ordinary, honest e-mail; write it.'
        )


def speaks_of_the_task(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Remarks of the model about itself or what it was given."""
    for phrase in _new_phrases(META, draft, material):
        yield DraftProblem(
            "speaks_of_the_task",
            f'The body spoke of the task ("{phrase}"). It holds what the recipient reads, nothing else.',
            tuple(sentence for sentence in material.sentences(draft.body) if phrase in fold(sentence)),
        )


def _new_phrases(phrases: tuple[str, ...], draft: Draft, material: Material) -> Iterator[str]:
    written, own = fold(draft.plain), fold(material.own_text)
    return (phrase for phrase in phrases if phrase in written and phrase not in own)


def is_beyond_reading(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """So long that no other check is made."""
    return is_too_long(draft, material) if len(draft.body) > MAX_LENGTH else iter(())


def is_too_long(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Far longer than the template leads to expect."""
    limit = min(MAX_LENGTH, 2 * len(material.template) + ROOM)
    if len(draft.body) > limit:
        yield DraftProblem("is_too_long", f"The body had {len(draft.body)} characters; at most {limit} are right here.")


def is_too_short(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Fewer words than half of those that the template itself has, gaps not counted."""
    if 0 < len(words(draft.body)) < 0.5 * len(words(" ".join(fixed_parts(material.template)))):
        yield DraftProblem("is_too_short", "The body was much shorter than the template. Write the whole e-mail.")


def is_in_another_language(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Another language or script than the template's, as a whole or in what was added."""
    wanted = material.language
    own = fold(material.template)
    added = [sentence for sentence in material.sentences(draft.body) if fold(sentence) not in own]
    for text in (draft.body, "\n".join(added)):
        found = language_of(text)
        if wanted and found and found != wanted:
            yield DraftProblem(
                "is_in_another_language", "The e-mail is to be in the template's language.", tuple(added)
            )
            return
    known = scripts_of("\n".join((material.own_text, *(item.text for item in material.evidence.values()))))
    strange = tuple(sentence for sentence in added if scripts_of(sentence) - known or has_lookalikes(sentence))
    if strange:
        yield DraftProblem("is_in_another_language", "The e-mail is to be in the template's script.", strange)
