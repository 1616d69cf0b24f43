"""Which facts and papers a sentence rests on, found in code.

The model's claims are hints: a source that shares nothing with the sentence is dropped, a source that holds a detail
of the sentence is added. What remains unsupported is for the checks.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scribe.common.text.wording import fold, sentences
from scribe.composer.draft import Draft
from scribe.composer.material import Evidence, Material
from scribe.composer.telling import details_of, telling
from scribe.composer.vocabulary import TITLES

MAX_SOURCES = 3
"""Sources that a sentence may rest on beyond those that its details name."""

_OF_RECIPIENT = re.compile(
    r"\b(?:your|yours|(?<!ask )(?<!asking )(?<!thank )(?<!tell )(?<!with )(?<!from )(?<!to )(?<!for )you(?:['’]\w+)?)\b"
    r"(?!.*\?\W*$)",
    re.IGNORECASE,
)
"""Something is said of the recipient: not in `I would like to ask you`, nor in a question."""
_FREE = TITLES | {"i", "i'm", "i've", "i'd", "i'll", "ps", "pps", "ok", "re"}


@dataclass(frozen=True)
class Grounding:
    """A sentence and what it rests on.

    `unsupported` are its details that none of its sources holds, `novel` the stems of its telling words that the sender
    did not use, `support` the share of those that its sources hold, `unheld` the words that they do not,
    `is_of_recipient` whether it says something of `you` or `your`.
    """

    sentence: str
    source_ids: tuple[str, ...]
    unsupported: frozenset[str]
    novel: frozenset[str]
    support: float
    unheld: tuple[str, ...]
    is_of_recipient: bool


def ground_all(draft: Draft, material: Material) -> list[Grounding]:
    """The grounding of every sentence that is not the template's own."""
    own = fold(material.template)
    texts = [sentence for sentence in sentences(draft.body) if fold(sentence) not in own]
    return [ground(sentence, _hints(sentence, draft), material) for sentence in texts]


def ground(sentence: str, hints: Iterable[str], material: Material) -> Grounding:
    """The grounding of one sentence, with the ids that the model gave for it."""
    details = details_of(sentence, nouns_are_capitalised=material.language == "de") - material.own_tokens - _FREE
    words = {stem: word for stem, word in telling(sentence).items() if stem not in material.own_stems}
    novel = frozenset(words)
    said = Said(frozenset(details), novel if material.is_english else frozenset())
    hinted = [material.evidence[hint] for hint in dict.fromkeys(hints) if hint in material.evidence]
    chosen = {item.id: item for item in hinted if not material.can_compare(item) or said.shares(item)}
    for detail in sorted(said.unsupported(chosen.values())):
        found = _best(detail, said, material.evidence)
        if found is not None:
            chosen[found.id] = found
    chosen.update(_nearest(novel, chosen, material.evidence))
    return Grounding(
        sentence=sentence,
        source_ids=tuple(sorted(chosen)),
        unsupported=said.unsupported(chosen.values()),
        novel=novel,
        support=_support(novel, chosen.values(), material),
        unheld=tuple(words[stem] for stem in sorted(novel - _stems_of(chosen.values()))),
        is_of_recipient=_OF_RECIPIENT.search(sentence) is not None,
    )


@dataclass(frozen=True)
class Said:
    """What a sentence says: its details, and the stems of its other telling words where they can be compared."""

    details: frozenset[str]
    novel: frozenset[str]

    @property
    def names(self) -> frozenset[str]:
        """The details that are no numbers."""
        return frozenset(detail for detail in self.details if not _is_number(detail))

    def shares(self, item: Evidence) -> bool:
        """Whether the item has anything of it."""
        return bool(self.details & item.tokens or self.novel & item.stems)

    def unsupported(self, items: Iterable[Evidence]) -> frozenset[str]:
        """The details that none of the items supports."""
        held = list(items)
        return frozenset(detail for detail in self.details if not any(self.is_supported(detail, i) for i in held))

    def is_supported(self, detail: str, item: Evidence) -> bool:
        """Whether the item holds the detail. A number of another matter proves nothing: it needs company."""
        if detail not in item.tokens:
            return False
        if not _is_number(detail) or not (self.names or self.novel):
            return True
        if self.names & item.tokens or item.language not in (None, "en"):
            return True
        return 2 * len(self.novel & item.stems) > len(self.novel)


def _is_number(detail: str) -> bool:
    return not any(char.isalpha() for char in detail)


def _support(novel: frozenset[str], chosen: Iterable[Evidence], material: Material) -> float:
    """Over two languages words cannot be compared; there a source that the model named has to do."""
    items = list(chosen)
    if not novel or not all(map(material.can_compare, items)):
        return 1.0
    return len(novel & _stems_of(items)) / len(novel)


def _hints(sentence: str, draft: Draft) -> list[str]:
    mine = fold(sentence)
    return [
        source_id
        for claim in draft.claims
        if claim.sentence.strip() and (fold(claim.sentence) in mine or mine in fold(claim.sentence))
        for source_id in claim.source_ids
    ]


def _stems_of(items: Iterable[Evidence]) -> set[str]:
    return {stem for item in items for stem in item.stems}


def _best(detail: str, said: Said, evidence: Mapping[str, Evidence]) -> Evidence | None:
    """The item that supports the detail and holds most else of the sentence. A bare small number proves nothing."""
    if detail.isdigit() and len(detail) < 3:
        return None
    holding = [item for item in evidence.values() if said.is_supported(detail, item)]
    return max(holding, key=lambda item: _likeness(item, said.details, said.novel), default=None)


def _nearest(
    novel: frozenset[str], chosen: Mapping[str, Evidence], evidence: Mapping[str, Evidence]
) -> dict[str, Evidence]:
    """What else the sentence comes near to: items that hold a third of it, then some that add two words."""
    found = dict(chosen)
    while len(found) < MAX_SOURCES:
        missing = frozenset(novel - _stems_of(found.values()))
        nearest = max(evidence.values(), key=lambda item: _likeness(item, frozenset(), missing), default=None)
        gain = _likeness(nearest, frozenset(), missing) if nearest else 0
        if nearest is None or gain == 0 or (gain * 3 < len(novel) and (gain < 2 or not found)):
            break
        found[nearest.id] = nearest
    return found


def _likeness(item: Evidence, details: frozenset[str], novel: frozenset[str]) -> int:
    return len(details & item.tokens) + len(novel & item.stems)
