"""Which facts and papers a sentence rests on, found in code.

The model's claims are hints: a source that shares nothing with the sentence is dropped, a source that holds a detail
of the sentence is added. What remains unsupported is for the checks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scribe.common.wording import fold, sentences
from scribe.composer.draft import Draft
from scribe.composer.material import Evidence, Material
from scribe.composer.telling import details_of, telling
from scribe.composer.vocabulary import TITLES

MOST_SOURCES = 3
"""Sources that a sentence may rest on beyond those that its details name."""

_FREE = TITLES | {"i", "i'm", "i've", "i'd", "i'll", "ps", "pps", "ok", "re"}


@dataclass(frozen=True)
class Grounding:
    """A sentence and what it rests on.

    `unsupported` are its details that none of its sources holds, `novel` the stems of its telling words that the sender
    did not use, `support` the share of those that its sources hold.
    """

    sentence: str
    source_ids: tuple[str, ...]
    unsupported: frozenset[str]
    novel: frozenset[str]
    support: float


def ground_all(draft: Draft, material: Material) -> list[Grounding]:
    """The grounding of every sentence that is not the template's own."""
    own = fold(material.template)
    texts = [sentence for sentence in sentences(draft.body) if fold(sentence) not in own]
    return [ground(sentence, _hints(sentence, draft), material) for sentence in texts]


def ground(sentence: str, hints: Iterable[str], material: Material) -> Grounding:
    """The grounding of one sentence, with the ids that the model gave for it."""
    details = details_of(sentence, nouns_are_capitalised=material.language == "de") - material.own_tokens - _FREE
    novel = frozenset(telling(sentence) - material.own_stems)
    hinted = [material.evidence[hint] for hint in dict.fromkeys(hints) if hint in material.evidence]
    chosen = {item.id: item for item in hinted if not material.is_english or _shares(item, details, novel)}
    for detail in sorted(details - _held(chosen.values())):
        found = _best(detail, details, novel, material.evidence)
        if found is not None:
            chosen[found.id] = found
    chosen.update(_nearest(novel, chosen, material.evidence))
    held = _stems_of(chosen.values())
    return Grounding(
        sentence=sentence,
        source_ids=tuple(sorted(chosen)),
        unsupported=frozenset(details - _held(chosen.values())),
        novel=novel,
        support=_support(novel, held, material, is_sourced=bool(chosen)),
    )


def _support(novel: frozenset[str], held: set[str], material: Material, *, is_sourced: bool) -> float:
    """Over two languages words cannot be compared; there a source that the model named has to do."""
    if not novel or (is_sourced and not material.is_english):
        return 1.0
    return len(novel & held) / len(novel)


def _hints(sentence: str, draft: Draft) -> list[str]:
    mine = fold(sentence)
    return [
        source_id
        for claim in draft.claims
        if claim.sentence.strip() and (fold(claim.sentence) in mine or mine in fold(claim.sentence))
        for source_id in claim.source_ids
    ]


def _shares(item: Evidence, details: set[str], novel: frozenset[str]) -> bool:
    return bool(details & item.tokens or novel & item.stems)


def _held(items: Iterable[Evidence]) -> set[str]:
    return {token for item in items for token in item.tokens}


def _stems_of(items: Iterable[Evidence]) -> set[str]:
    return {stem for item in items for stem in item.stems}


def _best(detail: str, details: set[str], novel: frozenset[str], evidence: Mapping[str, Evidence]) -> Evidence | None:
    """The item that holds the detail and most else of the sentence. A bare small number proves nothing."""
    if detail.isdigit() and len(detail) < 3:
        return None
    holding = [item for item in evidence.values() if detail in item.tokens]
    return max(holding, key=lambda item: _likeness(item, details, novel), default=None)


def _nearest(
    novel: frozenset[str], chosen: Mapping[str, Evidence], evidence: Mapping[str, Evidence]
) -> dict[str, Evidence]:
    """What else the sentence comes near to: at first an item that holds a third of it, then some that add two words."""
    found = dict(chosen)
    while len(found) < MOST_SOURCES:
        missing = frozenset(novel - _stems_of(found.values()))
        nearest = max(evidence.values(), key=lambda item: _likeness(item, set(), missing), default=None)
        gain = _likeness(nearest, set(), missing) if nearest else 0
        if nearest is None or gain == 0 or (gain < 2 if found else gain * 3 < len(novel)):
            break
        found[nearest.id] = nearest
    return found


def _likeness(item: Evidence, details: set[str], novel: frozenset[str]) -> int:
    return len(details & item.tokens) + len(novel & item.stems)
