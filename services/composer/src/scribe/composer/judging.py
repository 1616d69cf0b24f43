"""The one judgement of a draft: its form by code, its sentences by the checker.

`judge` is what the composer's loop uses, and what an evaluation calls with a draft of its own.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from scribe.common.tasks.usage import Usage
from scribe.composer.added import AddedSentence, added_sentences
from scribe.composer.checker import Checked, Checker
from scribe.composer.checks import UNSUPPORTED, DraftProblem, is_beyond_judging, problems_of
from scribe.composer.draft import Draft
from scribe.composer.evidence import TEMPLATE
from scribe.composer.material import Material
from scribe.composer.verdicts import UNJUDGED, Verdict, verified

MAX_JUDGED = 60
"""Sentences that are judged; a draft with more of its own is no personal e-mail but a flood."""


@dataclass(frozen=True)
class Claim:
    """A sentence of the body that rests on evidence, with the ids of what it rests on."""

    sentence: str
    source_ids: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """A draft, everything that is wrong with it, and the verdict on each sentence that is not the template's own.

    `is_checked`: a checker has judged all of them. `usage` is what the checker cost.
    """

    draft: Draft
    problems: tuple[DraftProblem, ...]
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    is_checked: bool = False
    usage: Usage = field(default_factory=Usage)

    @property
    def errors(self) -> tuple[DraftProblem, ...]:
        """The problems with which the draft cannot be sent."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The sentences that rest on facts, papers or the interest."""
        found = (
            Claim(sentence, tuple(i for i in verdict.source_ids if i != TEMPLATE))
            for sentence, verdict in self.verdicts.items()
        )
        return tuple(claim for claim in found if claim.source_ids)


async def judge(
    draft: Draft,
    material: Material,
    checker: Checker | None,
    *,
    scope: str = "",
    known: Mapping[str, Verdict] | None = None,
) -> Judgement:
    """The judgement of a cleaned draft. Sentences with a verdict in `known` are not judged again.

    Without a checker, or where it gives no usable answer, only what code can hold is found, and `is_checked` is false.

    Raises:
        WorkError: no model of the checker answers.
    """
    # In a thread: the longest drafts and pages that are allowed take the checks a good part of a second.
    problems, sentences = await asyncio.to_thread(_problems_and_sentences, draft, material)
    if is_beyond_judging(problems):
        return Judgement(draft, tuple(problems))
    earlier = {text: verdict for text, verdict in (known or {}).items() if verdict.kind != "unjudged"}
    fresh = [sentence for sentence in sentences if sentence.text not in earlier]
    checked = (
        await checker.check(fresh[:MAX_JUDGED], material, draft.source_ids, scope) if checker and fresh else Checked()
    )
    verdicts = {s.text: earlier.get(s.text) or verified(s, checked.verdicts.get(s.number), material) for s in sentences}
    return Judgement(
        draft=draft,
        problems=(*problems, *_unsupported(verdicts)),
        verdicts=verdicts,
        is_checked=checker is not None and all(verdict.kind != "unjudged" for verdict in verdicts.values()),
        usage=checked.usage,
    )


def _problems_and_sentences(draft: Draft, material: Material) -> tuple[list[DraftProblem], list[AddedSentence]]:
    """What the checks find, and the sentences to judge; none where the draft is beyond judging."""
    problems = problems_of(draft, material)
    return problems, [] if is_beyond_judging(problems) else added_sentences(draft.body, material)


def judged_by_code(draft: Draft, material: Material, earlier: Judgement) -> Judgement:
    """The judgement of a draft from which sentences were taken out: what is left of it keeps its verdicts."""
    left = [sentence.text for sentence in added_sentences(draft.body, material)]
    verdicts = {text: earlier.verdicts.get(text, UNJUDGED) for text in left}
    problems = (*problems_of(draft, material), *_unsupported(verdicts))
    return Judgement(draft, problems, verdicts, earlier.is_checked and UNJUDGED not in verdicts.values())


def _unsupported(verdicts: Mapping[str, Verdict]) -> Iterator[DraftProblem]:
    for sentence, verdict in verdicts.items():
        if verdict.kind == "unsupported":
            correction = f'Not supported: "{sentence}" ({verdict.what}). Say what the evidence says, or leave it out.'
            yield DraftProblem(UNSUPPORTED, correction, (sentence,))
