"""The sentences of an e-mail that are not the template's own, and which of their words the writer has added."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

from scribe.common.text.folding import fold
from scribe.common.text.placeholders import fixed_parts
from scribe.common.text.wording import WORD, words
from scribe.composer.checks.recipient import greeting_line
from scribe.composer.material import Material
from scribe.composer.vocabulary import COMMON
from scribe.composer.wordforms import content_words, sequence

MIN_OWN_RUN = 3
"""A run of template words between added ones counts as the template's from this length: `in the` may be chance."""
MAX_UNKNOWN = 6
OPEN, CLOSE = "⟦", "⟧"


@dataclass(frozen=True)
class AddedSentence:
    """A sentence of the body that the checker is to judge.

    `text` stands so in the body; `marked` is the same with the added words between ⟦ and ⟧; `unknown` are content words
    of `added` that neither the sender nor any evidence uses.
    """

    number: int
    text: str
    marked: str
    added: str
    unknown: tuple[str, ...]


def added_sentences(body: str, material: Material) -> list[AddedSentence]:
    """The sentences of a body that hold anything beyond the template and the names, numbered from 1."""
    own, greeting = sequence(material.own_text), greeting_line(body)
    pairs = _pairs(material.template)
    found = dict.fromkeys(s for s in material.sentences(body) if s != greeting and sequence(s) not in own and words(s))
    return [_added(number, text, pairs, material) for number, text in enumerate(found, 1)]


def _pairs(template: str) -> frozenset[tuple[str, str]]:
    """The words that stand beside each other between the template's gaps."""
    return frozenset(pair for part in fixed_parts(template) for pair in pairwise(words(part)))


def _added(number: int, text: str, pairs: frozenset[tuple[str, str]], material: Material) -> AddedSentence:
    spans = list(_added_spans(text, pairs))
    added = " ".join(text[start:end] for start, end in spans)
    return AddedSentence(number, text, _marked(text, spans), added, _unknown(added, material))


def _unknown(added: str, material: Material) -> tuple[str, ...]:
    """Facts and papers are mostly in English: from another language only words with a digit can be compared."""
    words_of_it = content_words(added).items()
    found = [word for stem, word in words_of_it if stem not in material.stems and word not in COMMON]
    if material.language not in (None, "en"):
        found = [word for word in found if any(map(str.isdigit, word))]
    return tuple(found[:MAX_UNKNOWN])


def _marked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with each span between marks; marks that were there before are taken out."""
    pieces, begin = [], 0
    for start, end in spans:
        pieces += [text[begin:start], OPEN, text[start:end], CLOSE]
        begin = end
    return "".join(_unmarked(piece) if piece not in (OPEN, CLOSE) else piece for piece in [*pieces, text[begin:]])


def _unmarked(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")


def _added_spans(text: str, pairs: frozenset[tuple[str, str]]) -> Iterator[tuple[int, int]]:
    """Where the added words stand, neighbours together."""
    found = list(WORD.finditer(text))
    own = _own(tuple(fold(match.group()) for match in found), pairs)
    position = 0
    for is_own, run in groupby(own):
        length = len(list(run))
        if not is_own:
            yield found[position].start(), found[position + length - 1].end()
        position += length


def _own(spoken: tuple[str, ...], pairs: frozenset[tuple[str, str]]) -> list[bool]:
    """For each word whether it is the template's: it has the same neighbour there, in a run that is long enough."""
    together = [pair in pairs for pair in pairwise(spoken)]
    own = [before or after for before, after in zip([False, *together], [*together, False], strict=True)]
    runs = [(is_own, len(list(run))) for is_own, run in groupby(own)]
    inner = range(1, len(runs) - 1)
    return [
        is_own and not (place in inner and length < MIN_OWN_RUN)
        for place, (is_own, length) in enumerate(runs)
        for _ in range(length)
    ]
