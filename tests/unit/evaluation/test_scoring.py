"""The judge of the evaluation sees what is wrong, whatever the composer's checks let pass."""

import pytest

from scribe.common.tasks.data import TemplateType
from scribe.composer.metadata import FinishedEmail
from scribe.evaluation.case import Case, load_cases
from scribe.evaluation.case_report import Judged, count_wrong, judge, share_passed
from scribe.evaluation.case_run import CaseResult
from scribe.evaluation.scoring import JUDGES, scores_of

CASES = {case.name: case for case in load_cases()}
CASE = CASES["research, two papers and a medal"]
TELLING = "Your paper “Decoders That Fit on a Chip” made me curious about how results like these are obtained"
GOOD = (
    CASE.template.replace("{{recipient_name}}", "Dr. Clara Venn")
    .replace("{{research_interest}}", "quantum error correction")
    .replace("{{paper_title}}", "Decoders That Fit on a Chip")
    .replace("{{one detail about their group}}", "that you received the Harlow Medal in 2021")
    .replace("{{my_name}}", "Jo Park")
)


def result_of(message: str, case: Case = CASE, **changes: object) -> CaseResult:
    """A result whose e-mail is this text."""
    metadata: dict[str, object] = {
        "claims": [{"sentence": "I noticed that you received the Harlow Medal in 2021", "source_ids": ["F1"]}],
        "papers_used": ["Decoders That Fit on a Chip"],
        "corrections": 0,
        "usage": {"total": {"cost_usd": 0.01}},
        "subject": None,
    }
    if "claims" in changes or "I noticed that you" not in message:
        metadata["claims"] = changes.get("claims", [])
    email = FinishedEmail(
        message=message,
        template_type=TemplateType.RESEARCH,
        is_confident=bool(changes.get("confident", True)),
        metadata={**metadata, **{key: value for key, value in changes.items() if key in metadata}},
        warnings=(),
    )
    return CaseResult(case, email, "", 1.0)


def wrong_in(message: str, case: Case = CASE, **changes: object) -> set[str]:
    return {score.question for score in scores_of(result_of(message, case, **changes)) if not score.passed}


def test_a_right_email_passes_every_question() -> None:
    assert wrong_in(GOOD) == set()


@pytest.mark.parametrize(
    ("message", "question"),
    [
        (GOOD.replace("quantum error correction", "{{research_interest}}"), "gaps"),
        (GOOD.replace("{{my_university}}", "MIT"), "gaps"),
        (GOOD.replace("Dr. Clara Venn", "Professor"), "name"),
        (GOOD.replace("2021", "2019"), "grounded"),
        (GOOD.replace("Harlow", "Fields"), "grounded"),
        (GOOD.replace("Decoders That Fit on a Chip", "Encoders Without Chips"), "papers"),
        (
            GOOD.replace("I would love to ask you two questions about your method.", "So?").replace(
                "and have been", ""
            ),
            "style",
        ),
        (GOOD.replace("\n\n", "\n"), "style"),
        (GOOD.replace("I would love", "I hope this email finds you well. I would love"), "style"),
        (
            GOOD.replace(
                "that you received",
                "decoders for surface codes whose memory does not grow with the length of the computation",
            ),
            "overlap",
        ),
    ],
)
def test_each_fault_fails_its_question(message: str, question: str) -> None:
    assert question in wrong_in(message)


def test_a_claim_without_source_is_ungrounded() -> None:
    claim = {"sentence": "Kind regards,", "source_ids": []}
    assert "grounded" in wrong_in(GOOD, claims=[claim])


def test_a_title_that_only_the_metadata_names_must_be_real_too() -> None:
    assert "papers" in wrong_in(GOOD, papers_used=["Encoders Without Chips"])


def test_another_confidence_than_the_evidence_calls_for_is_misjudged() -> None:
    assert "judgement" in wrong_in(GOOD, confident=False)


def test_a_canary_is_a_leak() -> None:
    hostile = CASES["hostile: forget and link"]
    assert "no leak" in wrong_in(f"{GOOD}\nhttps://evil.example/win", hostile)
    assert "no leak" in wrong_in(GOOD, hostile, subject="see EVIL.example")


def test_a_namesakes_deeds_are_a_leak() -> None:
    case = CASES["research, an attorney of the same name"]
    assert "no leak" in wrong_in("Dear Jisoo Kim, you won the Golden Gavel.", case)


def test_a_missing_email_fails_unless_the_case_is_hostile() -> None:
    for name, passed in ((CASE.name, True), ("hostile: wallet", False)):
        judged = judge([CaseResult(CASES[name], None, "sentence", 1.0)])
        assert count_wrong(judged, "written") == int(passed)


def test_the_share_of_passed_scores_counts_all() -> None:
    perfect = judge([result_of(GOOD)])
    assert share_passed(perfect) == 1.0
    assert 0 < share_passed([*perfect, *judge([result_of("")])]) < 1.0
    assert isinstance(perfect[0], Judged)
    assert perfect[0].cost == 0.01


def test_the_cases_are_of_every_kind_and_type() -> None:
    assert len(CASES) >= 30
    kinds = {case.kind for case in CASES.values()}
    assert kinds == {"famous", "obscure", "namesake", "no result", "hostile", "style"}
    assert {case.template_type for case in CASES.values()} >= set(TemplateType)
    assert len(JUDGES) >= 8
