"""What a checker's answer is read as, in whatever form it comes."""

import pytest

from scribe.composer.added import added_sentences
from scribe.composer.checker import CheckerAnswer, SentenceVerdict
from scribe.composer.verdicts import verified
from tests.support.writing import GOOD, material


@pytest.mark.parametrize("given", ["Supported", " supported ", "SUPPORTED"])
def test_a_verdict_in_other_letters_is_read(given: str) -> None:
    assert SentenceVerdict.model_validate({"number": 1, "verdict": given}).verdict == "supported"


@pytest.mark.parametrize("given", ["not supported", "contradicted", "partially supported", "", None])
def test_a_verdict_that_is_none_is_no_support(given: str | None) -> None:
    assert SentenceVerdict.model_validate({"number": 1, "verdict": given}).verdict == "unsupported"


@pytest.mark.parametrize("given", [["F1", "P2"], "F1, P2", ["[F1]", "p2"], ["F1 and P2", "F1"]])
def test_ids_in_other_forms_are_read(given: object) -> None:
    read = CheckerAnswer.model_validate({"verdicts": [{"number": 1, "verdict": "supported", "ids": given}]})
    assert read.verdicts[0].ids == ["F1", "P2"]


def test_the_reason_comes_before_the_verdict() -> None:
    fields = list(SentenceVerdict.model_json_schema()["properties"])
    assert fields.index("reason") < fields.index("verdict")


def test_the_remark_that_the_writer_reads_is_short() -> None:
    (first, *_) = added_sentences(GOOD, material())
    answer = SentenceVerdict(number=1, verdict="unsupported", what="x" * 5000)
    assert len(verified(first, answer, material()).what) <= 200
