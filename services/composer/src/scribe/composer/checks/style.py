"""Does it sound like its sender? No copied passages, none of a machine's phrases."""

from collections.abc import Iterator

from scribe.common.text.wording import fold, sentences, words
from scribe.composer.checks.problem import Problem
from scribe.composer.draft import Draft
from scribe.composer.material import Material
from scribe.composer.vocabulary import TELLS

RUN = 12
"""Words in a row that count as copied."""

Run = tuple[str, ...]


def copies_a_source(draft: Draft, material: Material) -> Iterator[Problem]:
    """Twelve words in a row from a page, a quote or an abstract. Titles and the sender's own words are free."""
    free = set(runs(material.own_text)).union(*(runs(paper.title) for paper in material.papers))
    suspect = set(runs(draft.body)) - free
    taken = {run for text in _sources(material) for run in runs(text) if run in suspect} if suspect else set()
    if taken:
        bearing = tuple(sentence for sentence in sentences(draft.body) if taken.intersection(runs(sentence)))
        passage = next(" ".join(run) for run in runs(draft.body) if run in taken)
        yield Problem("copies_a_source", f'Say this in your own words: "{passage}".', bearing)


def _sources(material: Material) -> Iterator[str]:
    yield from (source.text for source in material.sources)
    for fact in material.facts:
        yield from fact.quotes.values()
    yield from (paper.abstract for paper in material.papers)


def runs(text: str, length: int = RUN) -> list[Run]:
    """Every run of `length` words, in order."""
    spoken = words(text)
    return [tuple(spoken[i : i + length]) for i in range(len(spoken) - length + 1)]


def sounds_like_a_machine(draft: Draft, material: Material) -> Iterator[Problem]:
    """Phrases and dashes by which machines are known, unless the template has them."""
    written, own = fold(draft.body), fold(material.own_text)
    found = [f'"{tell}"' for tell in TELLS if tell in written and tell not in own]
    if "—" in draft.body and "—" not in material.template:
        found.append("long dashes")
    if found:
        yield Problem("sounds_like_a_machine", f"Say it more plainly, without {', '.join(found)}.", grave=False)
