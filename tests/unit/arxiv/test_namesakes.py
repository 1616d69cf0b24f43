"""Whose papers they are, by the trials: feeds that mix namesakes, and the pages about one of them."""

import pytest

from scribe.arxiv.authorship import SoughtAuthor
from scribe.arxiv.step import choose
from scribe.common.tasks.data import Paper
from scribe.common.text.names import parse_name
from scribe.common.text.terms import plain_words, terms
from scribe.evaluation.trial import load_trials

TRIALS = {trial.id: trial for trial in load_trials()}
STRANGERS = {
    "10": ("Mixed precision quantization",),
    "22": ("Towards a realist view", "The real problem with perturbative", "Inline coherent imaging"),
    "24": (
        "Neural operators",
        "Fairness testing of deep",
        "Superconductivity in",
        "Document-level machine translation",
    ),
}
"""How the titles of namesakes' papers begin, by trial."""
SINGLE = ("01", "04", "08", "10", "22", "23")
"""Trials in which a page speaks of the recipient's own papers or of what they are about."""


def papers_of(trial_id: str) -> tuple[Paper, ...]:
    """What the step takes from the feeds, with the pages that are about the recipient."""
    trial = TRIALS[trial_id]
    person = parse_name(trial.case.recipient.name)
    assert person is not None
    others = {page.url for page in trial.expected.pages if page.about == "other"}
    pages = tuple(plain_words(page.text or "") for url, page in trial.pages.items() if url not in others)
    return choose(trial.records, SoughtAuthor(person, terms(trial.case.recipient.interest), pages), 2026)


@pytest.mark.parametrize("trial_id", STRANGERS)
def test_no_paper_of_a_namesake_in_another_field_is_taken(trial_id: str) -> None:
    titles = [paper.title for paper in papers_of(trial_id)]
    assert titles
    assert not [title for title in titles if title.startswith(STRANGERS[trial_id])]


@pytest.mark.parametrize("trial_id", SINGLE)
def test_who_has_papers_gets_some_that_are_certain(trial_id: str) -> None:
    assert any(paper.certain for paper in papers_of(trial_id))


def test_of_a_name_that_many_bear_only_what_a_page_proves_is_certain() -> None:
    certain = {paper.title[:12]: paper.certain for paper in papers_of("24")}
    assert certain["Fair Classif"]
    assert not certain["Noise-robust"]
