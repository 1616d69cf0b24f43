"""Does it sound like its sender? No copied passages, none of a machine's phrases."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from scribe.common.text.details import titles_of
from scribe.common.text.folding import fold
from scribe.common.text.wording import WORD, words
from scribe.composer.checks.problem import DraftProblem
from scribe.composer.draft import Draft
from scribe.composer.material import Material
from scribe.composer.vocabulary import TELLS
from scribe.composer.wordforms import MIN_CONTENT_WORD

RUN = 12
"""Words in a row that count as copied."""
MIN_TITLE = 4
"""Words from which a title is one: shorter ones cannot hide a passage, nor are they copied."""
MIN_CAPITALS_OF_A_TITLE = 0.8

Run = tuple[str, ...]


def copies_a_source(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Twelve words in a row from a page, a quote or an abstract. Titles and the sender's own words are free."""
    between_titles = [run for piece in _without(_titles(draft, material), words(draft.body)) for run in windows(piece)]
    suspect = set(between_titles).difference(runs(material.own_text), _capitalised(draft.body))
    taken = {run for text in _sources(material) for run in runs(text) if run in suspect} if suspect else set()
    if taken:
        bearing = tuple(sentence for sentence in material.sentences(draft.body) if taken.intersection(runs(sentence)))
        passage = next(" ".join(run) for run in between_titles if run in taken)
        yield DraftProblem("copies_a_source", f'Say this in your own words: "{passage}".', bearing)


def _sources(material: Material) -> Iterator[str]:
    yield from (source.text for source in material.sources)
    for fact in material.facts:
        yield from fact.quotes.values()
    yield from (paper.abstract for paper in material.papers)


def _titles(draft: Draft, material: Material) -> Iterator[str]:
    """The papers' titles, and what stands in quotes in the body or in a fact."""
    yield from (paper.title for paper in material.papers)
    for text in (draft.body, *(item.text for item in material.evidence.values() if item.kind == "fact")):
        yield from titles_of(text)


def _without(titles: Iterable[str], spoken: Sequence[str]) -> Iterator[Sequence[str]]:
    """What is left of the words between titles: a title with the words around it is no passage either."""
    in_title = [False] * len(spoken)
    for title in {tuple(words(each)) for each in titles}:
        for start in range(len(spoken) - len(title) + 1):
            if len(title) >= MIN_TITLE and tuple(spoken[start : start + len(title)]) == title:
                in_title[start : start + len(title)] = [True] * len(title)
    for is_title, group in groupby(zip(in_title, spoken, strict=True), key=itemgetter(0)):
        if not is_title:
            yield [word for _, word in group]


def _capitalised(body: str) -> Iterator[Run]:
    """The runs that are the title of a book, to judge by their capitals."""
    for line in body.splitlines():
        found = [match.group() for match in WORD.finditer(line)]
        for start in range(len(found) - RUN + 1):
            long = [word for word in found[start : start + RUN] if len(word) >= MIN_CONTENT_WORD]
            if long and sum(word[0].isupper() and not word.isupper() for word in long) >= MIN_CAPITALS_OF_A_TITLE * len(
                long
            ):
                yield tuple(words(" ".join(found[start : start + RUN])))


def runs(text: str, length: int = RUN) -> list[Run]:
    """Every run of `length` words of a text, in order."""
    return windows(words(text), length)


def windows(spoken: Sequence[str], length: int = RUN) -> list[Run]:
    """Every run of `length` of these words, in order."""
    return [tuple(spoken[i : i + length]) for i in range(len(spoken) - length + 1)]


def sounds_like_a_machine(draft: Draft, material: Material) -> Iterator[DraftProblem]:
    """Phrases and dashes by which machines are known, unless the template has them."""
    written, own = fold(draft.body), fold(material.own_text)
    found = [f'"{tell}"' for tell in TELLS if tell in written and tell not in own]
    if "—" in draft.body and "—" not in material.template:
        found.append("long dashes")
    if found:
        correction = f"Say it more plainly, without {', '.join(found)}."
        yield DraftProblem("sounds_like_a_machine", correction, severity="warning")
