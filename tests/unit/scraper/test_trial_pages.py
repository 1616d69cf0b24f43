"""The pages of the trials on their way to the reader: nothing that should be found is lost before it is read."""

import pytest

from scribe.evaluation.matching import words
from scribe.evaluation.trial import SHIPPED, Trial, load_trials
from scribe.scraper.exa import CITATION_BYTES
from scribe.scraper.name_matcher import NameMatcher
from scribe.scraper.page_collection import PageCollection, collect
from scribe.scraper.page_text import clean
from scribe.scraper.selection import TOKENS_PER_LINE, tokens_of
from scribe.scraper.sources import Page, ranked

TRIALS = load_trials(SHIPPED)
BUDGET = 5_000


def shelf_of(trial: Trial) -> PageCollection:
    """The trial's pages as the reader gets them."""
    recipient = NameMatcher.named(trial.case.recipient.name)
    interest = trial.case.recipient.interest
    cited = [Page(url, page.title or "", clean(page.text or "", CITATION_BYTES)) for url, page in trial.pages.items()]
    return collect(ranked(cited, recipient, interest), recipient, interest, BUDGET)


@pytest.mark.parametrize("trial", TRIALS, ids=[trial.id for trial in TRIALS])
def test_every_sentence_worth_finding_is_shown_in_one_passage(trial: Trial) -> None:
    shown = [f" {' '.join(words(p.text))} " for page in shelf_of(trial).shown for p in page.passages]
    wanted = [" ".join(words(kept.sentence)) for kept in trial.expected.keep]
    assert [sentence for sentence in wanted if not any(f" {sentence} " in text for text in shown)] == []


@pytest.mark.parametrize("trial", TRIALS, ids=[trial.id for trial in TRIALS])
def test_what_is_shown_is_small(trial: Trial) -> None:
    costs = [tokens_of(p.text) + TOKENS_PER_LINE for page in shelf_of(trial).shown for p in page.passages]
    assert sum(costs) < 2_500
