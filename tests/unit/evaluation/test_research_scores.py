"""Research is scored by its pages, its quotes and what it must not say."""

from dataclasses import replace
from pathlib import Path

import pytest

from scribe.common.tasks.data import Fact, Research, Source
from scribe.evaluation.research_scores import ResearchScore, score_research
from scribe.evaluation.trial import Expectation, Trial, load_trials

OWN, MIRROR, OTHER = "https://north.example/venn", "https://mirror.example/venn", "https://court.example/venn"
MEDAL = "Clara Venn received the Harlow Medal for her decoders of surface codes in 2021."
GROUP = "She leads the group for fault tolerance at Northfield."
JUDGE = "Clara Venn presides over the county court."
STUDENT = "He wrote his thesis on braids."
PIECE = "Venn C, Ode P, Moss T."
OWN_TEXT = f"{MEDAL} {GROUP} {PIECE} {STUDENT} Her office is in the north wing of the building by the river."
TEXTS = {OWN: OWN_TEXT, MIRROR: f"Menu Search {OWN_TEXT}", OTHER: JUDGE}


@pytest.fixture(scope="module")
def trial() -> Trial:
    """A trial of three pages; its other files are those of a shipped one."""
    shipped = load_trials()[0]
    response = {"citations": [{"url": url, "title": "", "text": text} for url, text in TEXTS.items()]}
    expected = {
        "pages": [{"url": OWN, "about": "own"}, {"url": MIRROR, "about": "own"}, {"url": OTHER, "about": "other"}],
        "keep": [{"sentence": MEDAL, "url": OWN, "form": ""}, {"sentence": GROUP, "url": OWN, "form": ""}],
        "refuse": [
            {"sentence": STUDENT, "url": OWN, "why": "student", "match": "covered"},
            {"sentence": PIECE, "url": OWN, "why": "cut", "match": "exact"},
        ],
    }
    search = shipped.searches[0].model_validate({"question": "Who?", "response": response})
    return Trial(
        folder=Path(),
        case=shipped.case,
        searches=(search,),
        honest=shipped.honest,
        false=shipped.false,
        falsehoods=shipped.falsehoods,
        expected=Expectation.model_validate(expected),
    )


def found(*quotes: tuple[str, str], urls: tuple[str, ...] = (OWN,)) -> Research:
    """Research with these sources and a fact for each (URL, quote)."""
    ids = {url: f"S{number}" for number, url in enumerate(urls, 1)}
    sources = tuple(Source(id=key, url=url, text=TEXTS[url]) for url, key in ids.items())
    facts = tuple(
        Fact(id=f"F{number}", statement="…", source_ids=(ids[url],), quotes={ids[url]: quote})
        for number, (url, quote) in enumerate(quotes, 1)
    )
    return Research(sources=sources, facts=facts)


def right_pages(score: ResearchScore) -> int:
    return score.pages - len(score.wrong_pages)


def test_all_that_is_expected_and_nothing_else_is_a_full_score(trial: Trial) -> None:
    score = score_research(trial, found((OWN, MEDAL), (OWN, GROUP)))
    assert (right_pages(score), score.missed, score.forbidden, score.facts) == (3, (), (), 2)


def test_a_mirror_of_a_source_counts_as_taken_and_its_quotes_count(trial: Trial) -> None:
    score = score_research(trial, found((MIRROR, MEDAL), (MIRROR, GROUP), urls=(MIRROR,)))
    assert right_pages(score) == 3
    assert not score.missed


def test_nothing_found_judges_only_the_strangers_page_right(trial: Trial) -> None:
    score = score_research(trial, Research())
    assert right_pages(score) == 1
    assert [kept.sentence for kept in score.missed] == [MEDAL, GROUP]


def test_a_strangers_page_among_the_sources_is_wrong(trial: Trial) -> None:
    score = score_research(trial, found(urls=(OWN, OTHER)))
    assert [page.url for page in score.wrong_pages] == [OTHER]


def test_several_passages_of_one_fact_cover_their_sentences(trial: Trial) -> None:
    assert not score_research(trial, found((OWN, f"{MEDAL} … {GROUP}"))).missed


def test_a_quote_from_another_page_covers_nothing(trial: Trial) -> None:
    score = score_research(trial, found((OTHER, MEDAL), urls=(OWN, OTHER)))
    assert len(score.missed) == 2


def test_what_must_not_be_said_is_forbidden_when_covered_or_when_exactly_that_piece(trial: Trial) -> None:
    score = score_research(trial, found((OWN, STUDENT), (OWN, PIECE)))
    assert [refused.why for refused in score.forbidden] == ["student", "cut"]
    longer = score_research(trial, found((OWN, f"{GROUP} {PIECE}")))
    assert longer.forbidden == ()


def test_a_page_mostly_about_somebody_else_is_right_unless_it_gave_a_forbidden_fact(trial: Trial) -> None:
    pages = [{"url": OWN, "about": "mostly_other"}]
    expected = Expectation.model_validate({**trial.expected.model_dump(), "pages": pages})
    mostly = replace(trial, expected=expected)
    assert not score_research(mostly, found((OWN, MEDAL))).wrong_pages
    assert len(score_research(mostly, found((OWN, STUDENT))).wrong_pages) == 1
