"""What code verifies whatever the checker says: ids exist, and the evidence has the numbers, titles and grave words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scribe.common.text.details import titles_of, unknown_numbers
from scribe.common.text.wording import words
from scribe.composer.added import AddedSentence
from scribe.composer.checker import SentenceVerdict
from scribe.composer.evidence import Evidence
from scribe.composer.material import Material
from scribe.composer.vocabulary import COMMON, GRAVE
from scribe.composer.wordforms import content_words, sequence

MAX_WHAT = 200
"""Characters of the checker's remark that the writer is shown."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a sentence: `unjudged` if no checker has answered. `what` says what is not supported."""

    kind: Literal["supported", "unsupported", "nothing", "unjudged"]
    source_ids: tuple[str, ...] = ()
    what: str = ""


UNJUDGED = Verdict("unjudged")


def verified(sentence: AddedSentence, answer: SentenceVerdict | None, material: Material) -> Verdict:
    """The checker's verdict as far as code can verify it; without one, what code alone can tell."""
    if answer is not None and answer.verdict == "unsupported":
        return Verdict("unsupported", what=(answer.what or answer.reason)[:MAX_WHAT])
    is_supported = answer is not None and answer.verdict == "supported"
    named = [i for i in answer.ids if i in material.citable] if answer and is_supported else []
    ids = tuple(dict.fromkeys((*named, *_holders_of_titles(sentence, material))))
    if is_supported and not ids:
        return Verdict("unsupported", what="no fact or paper is named that says so")
    evidence = [material.citable[i] for i in ids] if is_supported else list(material.citable.values())
    missing = list(_unverified(sentence, [material.own, *evidence], material))
    if missing:
        return Verdict("unsupported", what=f"not in the evidence: {', '.join(missing)}")
    if answer is None:
        return UNJUDGED
    return Verdict("supported" if ids else "nothing", ids)


def _holders_of_titles(sentence: AddedSentence, material: Material) -> Iterator[str]:
    """What holds a title that the sentence quotes: it names its evidence itself, also where the checker forgets to."""
    for title in map(sequence, titles_of(sentence.text)):
        holding = [item for item in material.evidence.values() if title in item.sequence]
        yield from [item.id for item in sorted(holding, key=lambda item: item.kind == "fact")[:1]]


def _unverified(sentence: AddedSentence, evidence: Sequence[Evidence], material: Material) -> Iterator[str]:
    """The numbers, titles and grave words of the sentence that no evidence has, the sender's words included."""
    yield from unknown_numbers(sentence.added, frozenset().union(*(item.numbers for item in evidence)))
    unknown = (title for title in titles_of(sentence.text) if not _is_the_senders(title, material))
    yield from (f'"{title}"' for title in unknown if not any(sequence(title) in item.sequence for item in evidence))
    solid = [item for item in evidence if item.certain]
    grave = GRAVE.intersection(words(sentence.added))
    yield from (word for word in sorted(grave) if not any(f" {word} " in item.sequence for item in solid))


def _is_the_senders(title: str, material: Material) -> bool:
    """Whether all that a title says are words of the sender's: `your “work on quantum fluids”`."""
    return all(stem in material.own.stems or word in COMMON for stem, word in content_words(title).items())
