"""Asking for a draft, having it judged, and asking again with what was wrong, at most twice."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from scribe.common.errors import PermanentError
from scribe.common.models import Rejected, StructuredModel, ask_until
from scribe.common.models.prompts import Prompt
from scribe.common.tasks.usage import Usage, total
from scribe.common.text.fencing import Block
from scribe.composer.checker import Checker
from scribe.composer.checks import DraftProblem, public_reason
from scribe.composer.cleaning import cleaned
from scribe.composer.cutting import without_sentences
from scribe.composer.draft import Draft
from scribe.composer.evidence import INTEREST
from scribe.composer.judging import Judgement, judge, judged_by_code
from scribe.composer.material import Material
from scribe.composer.showing import shown_to_writer
from scribe.composer.verdicts import Verdict

MAX_TRIES = 3
MAX_CORRECTIONS = 12
NO_ANSWER = "The language model did not give a usable e-mail, even after two corrections. You can try it again."


@dataclass(frozen=True)
class AcceptedDraft:
    """A draft without an error.

    `tries` are the answers of the writer that it took, `found` the problems of all of its drafts, `cut` the sentences
    that were taken out; `usage` is what the writer cost, `checker_usage` what the checker cost.
    """

    judgement: Judgement
    usage: Usage
    checker_usage: Usage = field(default_factory=Usage)
    tries: int = 1
    found: tuple[DraftProblem, ...] = ()
    cut: tuple[str, ...] = ()

    @property
    def draft(self) -> Draft:
        """What is to be sent."""
        return self.judgement.draft


@dataclass(frozen=True)
class Writer:
    """The writer's model and prompt, and the checker that judges its drafts; None: there is no checker."""

    model: StructuredModel
    prompt: Prompt
    checker: Checker | None

    @property
    def versions(self) -> str:
        """The versions of the prompts: `compose-3, check-2`."""
        return ", ".join((self.prompt.version, *([self.checker.version] if self.checker else [])))

    async def write(self, material: Material, scope: str = "") -> AcceptedDraft:
        """An e-mail that passes. `scope` is the task's `cache_scope`, for answers that were paid for.

        Raises:
            PermanentError: there is none after two corrections. WorkError: a model does not answer.
        """
        judged: list[Judgement] = []

        async def review(draft: Draft) -> Rejected | None:
            place = f"{scope}:check:{len(judged) + 1}" if scope else ""
            judged.append(await self._judge(draft, material, place, judged))
            if _is_good_enough(judged[-1], len(judged)):
                return None
            corrections = [problem.correction for problem in judged[-1].problems]
            return Rejected(corrections[:MAX_CORRECTIONS], {"draft": judged[-1].draft.body})

        asked = await ask_until(
            self.model, self.prompt, blocks_of(material), Draft, review, scope=scope, max_tries=MAX_TRIES
        )
        passing = [judgement for judgement in judged if not judgement.errors]
        best, cut = (passing[-1], ()) if passing else await asyncio.to_thread(_healed, judged, material)
        found = tuple(problem for judgement in judged for problem in judgement.problems)
        return AcceptedDraft(best, asked.usage, total(j.usage for j in judged), asked.tries, found, cut)

    async def _judge(self, draft: Draft, material: Material, scope: str, earlier: list[Judgement]) -> Judgement:
        known: dict[str, Verdict] = {}
        for judgement in earlier:
            known |= judgement.verdicts
        return await judge(cleaned(draft, material), material, self.checker, scope=scope, known=known)


def _is_good_enough(judgement: Judgement, number: int) -> bool:
    """A warning is worth one correction, not two."""
    return not judgement.problems or (number > 1 and not judgement.errors)


def _healed(judged: list[Judgement], material: Material) -> tuple[Judgement, tuple[str, ...]]:
    """The latest draft that has no error once sentences are taken out, and those.

    Raises:
        PermanentError: there is none.
    """
    for judgement in reversed(judged):
        cut = tuple(dict.fromkeys(sentence for problem in judgement.errors for sentence in problem.sentences))
        healed = judged_by_code(without_sentences(judgement.draft, cut), material, judgement)
        if not healed.errors:
            return healed, cut
    raise _failure(judged)


def _failure(judged: list[Judgement]) -> PermanentError:
    if not judged:
        return PermanentError("the model gave no usable answer", public=NO_ANSWER)
    errors = judged[-1].errors
    checks = ", ".join(dict.fromkeys(problem.check for problem in errors))
    return PermanentError(f"the last of {len(judged)} drafts fails: {checks}", public=public_reason(errors[0]))


def blocks_of(material: Material) -> Mapping[str, Block]:
    """The data blocks of the writer's prompt."""
    return {
        "template": material.template,
        "recipient": {"name": material.name, INTEREST: material.interest},
        **shown_to_writer(material),
        "sender": {"display_name": material.sender_name},
        "placeholders": material.placeholders,
        "tone": material.tone,
    }
