"""What research has made of a trial's pages, scored by the rules of `trials/README.md`."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scribe.common.tasks.data import Research
from scribe.evaluation.matching import holds, is_exactly, stands_on, words
from scribe.evaluation.trial import Expected, Kept, Refused, Trial

SHINGLE = 5
MIRRORED = 0.8
"""The share of a page's runs of five words that another page must hold to count as its mirror."""


@dataclass(frozen=True)
class Passage:
    """What a fact quotes from one page, with the whole text of that page."""

    fact: str
    quote: str
    page: str


@dataclass(frozen=True)
class ResearchScore:
    """Of one trial: the pages judged wrongly, the sentences that were missed, and those that should not be there."""

    trial: str
    pages: int
    wrong_pages: tuple[Expected, ...]
    wanted: int
    missed: tuple[Kept, ...]
    forbidden: tuple[Refused, ...]
    facts: int


def score_research(trial: Trial, research: Research) -> ResearchScore:
    """The score of what the scraper found."""
    passages = list(_passages(trial, research))
    forbidden = tuple(refused for refused in trial.expected.refuse if _became_fact(refused, passages))
    taken = _taken(trial, research)
    wrong = (page for page in trial.expected.pages if not _is_right(page, taken, forbidden))
    return ResearchScore(
        trial=trial.id,
        pages=len(trial.expected.pages),
        wrong_pages=tuple(wrong),
        wanted=len(trial.expected.keep),
        missed=tuple(kept for kept in trial.expected.keep if not _is_covered(kept.sentence, passages)),
        forbidden=forbidden,
        facts=len(research.facts),
    )


def _passages(trial: Trial, research: Research) -> Iterator[Passage]:
    sources = {source.id: source for source in research.sources}
    for fact in research.facts:
        for source_id, quote in fact.quotes.items():
            if (source := sources.get(source_id)) is not None:
                yield Passage(fact.id, quote, _full_text(trial, source.url) or source.text)


def _full_text(trial: Trial, url: str) -> str:
    page = trial.pages.get(url)
    return page.text or "" if page else ""


def _is_covered(sentence: str, passages: Iterable[Passage]) -> bool:
    return any(holds(passage.quote, sentence) and stands_on(sentence, passage.page) for passage in passages)


def _became_fact(refused: Refused, passages: Iterable[Passage]) -> bool:
    if refused.match == "covered":
        return _is_covered(refused.sentence, passages)
    return any(is_exactly(p.quote, refused.sentence) and stands_on(refused.sentence, p.page) for p in passages)


def _is_right(page: Expected, taken: frozenset[str], forbidden: Iterable[Refused]) -> bool:
    match page.about:
        case "own":
            return page.url in taken
        case "other":
            return page.url not in taken
        case "mostly_other":
            return not any(refused.url == page.url for refused in forbidden)


def _taken(trial: Trial, research: Research) -> frozenset[str]:
    """The pages that were taken as the recipient's: the sources, and the mirrors of a source."""
    urls = {source.url for source in research.sources}
    texts = [_shingles(_full_text(trial, url)) for url in urls]
    mirrors = {url for url, page in trial.pages.items() if any(_mirrors(page.text or "", text) for text in texts)}
    return frozenset(urls | mirrors)


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    listed = words(text)
    return frozenset(tuple(listed[at : at + SHINGLE]) for at in range(len(listed) - SHINGLE + 1))


def _mirrors(text: str, other: frozenset[tuple[str, ...]]) -> bool:
    runs = _shingles(text)
    return bool(runs) and len(runs & other) >= MIRRORED * len(runs)
