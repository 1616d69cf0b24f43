"""Sentences as good models write them pass, and those of bad ones do not: how often, over many of both."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from scribe.common.tasks.data import Fact, Paper, Research, Source
from scribe.composer.checks.grounding import names_unknown_publications, states_unsourced_details, states_without_source
from scribe.composer.checks.problem import Problem
from scribe.composer.draft import Draft
from tests.support.writing import material

PASS, CATCH = 0.95, 0.85
"""Words are compared, not meanings: what is true of one thing and said of another can pass."""

FOLDER = Path(__file__).parent / "sentences"
FACTS, HONEST, INVENTED = (
    (FOLDER / f"{name}.txt").read_text().splitlines() for name in ("facts", "honest", "invented")
)
PAPERS = TypeAdapter(tuple[Paper, ...]).validate_json((FOLDER / "papers.json").read_bytes())
TEMPLATE = """Dear {{name}},

I am a junior studying computer science at a large university, and I recently came across your work. {{why it matters}}

Could I help in your group this summer?

Kind regards,
Maya Chen"""
MATERIAL = material(
    email_template=TEMPLATE,
    recipient_name="Mira Tan",
    recipient_interest="computer vision",
    sender_name="Maya Chen",
    papers=PAPERS,
    research=Research(
        sources=(Source(id="S1", url="https://northfield.example/tan"),),
        facts=tuple(Fact(id=f"F{n}", statement=f, source_ids=("S1",)) for n, f in enumerate(FACTS, 1)),
    ),
)


def problems_with(sentence: str) -> list[Problem]:
    draft = Draft(body=TEMPLATE.replace("{{name}}", "Dr. Tan").replace("{{why it matters}}", sentence))
    checks = (names_unknown_publications, states_unsourced_details, states_without_source)
    return [problem for check in checks for problem in check(draft, MATERIAL)]


def test_what_a_good_model_writes_passes() -> None:
    wrong = {sentence: found for sentence in HONEST if (found := problems_with(sentence))}
    assert len(wrong) <= (1 - PASS) * len(HONEST), wrong


def test_what_nobody_has_said_is_caught() -> None:
    missed = [sentence for sentence in INVENTED if not problems_with(sentence)]
    assert len(missed) <= (1 - CATCH) * len(INVENTED), missed


@pytest.mark.parametrize("filler", ["I like it.", "Thank you for your time.", "I would be glad to talk about it."])
def test_courtesy_alone_passes(filler: str) -> None:
    assert problems_with(filler) == []
