"""The shipped trials are whole: what is expected of them can be found in them."""

import shutil
from pathlib import Path

import pytest

from scribe.evaluation.drafts import evidence_of
from scribe.evaluation.matching import holds, stands_on
from scribe.evaluation.trial import SHIPPED, Trial, TrialFormError, drafts_of, load_trials

TRIALS = load_trials()


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.id)
def test_every_expected_sentence_stands_on_its_page(trial: Trial) -> None:
    placed = [(kept.sentence, kept.url) for kept in trial.expected.keep]
    placed += [(refused.sentence, refused.url) for refused in trial.expected.refuse]
    for sentence, url in placed:
        assert stands_on(sentence, trial.pages[url].text or "")
        assert holds(sentence, sentence)
    assert {page.url for page in trial.expected.pages} == set(trial.pages)


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.id)
def test_every_falsehood_stands_in_the_false_draft_alone(trial: Trial) -> None:
    for falsehood in trial.falsehoods:
        assert falsehood.sentence in trial.false.body
        assert falsehood.sentence not in trial.honest.body


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.id)
def test_the_evidence_holds_everything_that_the_drafts_cite(trial: Trial) -> None:
    data = evidence_of(trial, trial.submitted())
    assert data.research is not None
    ids = [*(fact.id for fact in data.research.facts), *(paper.id for paper in data.papers or ())]
    assert set(ids) == {key for _, draft in drafts_of(trial) for key in draft.sources}


def test_there_are_twelve_of_all_kinds() -> None:
    assert len(TRIALS) == 12
    assert {trial.case.kind for trial in TRIALS} == {"research", "book", "general"}


def test_a_folder_without_trials_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no folder"):
        load_trials(tmp_path)


def test_a_file_of_another_form_is_named_with_what_is_wrong(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "01", tmp_path / "01")
    (tmp_path / "01" / "expected.json").write_text('{"pages": [], "keep": [], "refuse": [{"match": ["exact"]}]}')
    with pytest.raises(TrialFormError, match=r"expected\.json: refuse\.0\."):
        load_trials(tmp_path)
