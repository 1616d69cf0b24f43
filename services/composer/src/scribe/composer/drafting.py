"""Asking for a draft, and asking again with what was wrong, at most twice."""

from dataclasses import dataclass, field

from scribe.common.errors import PermanentError
from scribe.common.models import StructuredModel, UnusableAnswerError
from scribe.common.models.prompts import Prompt
from scribe.common.tasks.data import Usage, total
from scribe.common.text.fencing import Block, prompt_of
from scribe.composer.checks import Problem, problems_of, public_reason
from scribe.composer.cutting import without_sentences
from scribe.composer.draft import Draft
from scribe.composer.material import Material
from scribe.composer.mechanics import cleaned

MAX_TRIES = 3
MAX_CORRECTIONS = 12
NO_ANSWER = "The language model did not give a usable e-mail, even after two corrections. You can try it again."


@dataclass(frozen=True)
class Finished:
    """A draft without a grave problem.

    `mild` are the problems that it still has, `found` those of all drafts, `cut` the sentences that were taken out.
    """

    draft: Draft
    usage: Usage
    tries: int
    found: tuple[Problem, ...] = ()
    mild: tuple[Problem, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass
class Attempts:
    """What has been tried for one e-mail."""

    spent: list[Usage] = field(default_factory=list)
    drafts: list[tuple[Draft, list[Problem]]] = field(default_factory=list)
    corrections: list[str] = field(default_factory=list)

    @property
    def found(self) -> tuple[Problem, ...]:
        """The problems of all drafts."""
        return tuple(problem for _, problems in self.drafts for problem in problems)


async def write(model: StructuredModel, prompt: Prompt, material: Material, scope: str) -> Finished:
    """An e-mail that passes the checks. `scope` is the task's `cache_scope`, for answers that were already paid for.

    Raises:
        PermanentError: there is none after two corrections.
    """
    attempts = Attempts()
    for number in range(1, MAX_TRIES + 1):
        await _try(model, prompt, material, f"{scope}:{number}", attempts)
        if attempts.drafts and _is_good_enough(attempts.drafts[-1][1], number):
            break
    return best_of(attempts, material)


async def _try(model: StructuredModel, prompt: Prompt, material: Material, scope: str, attempts: Attempts) -> None:
    try:
        answer = await model.ask(
            instructions=prompt.instructions,
            prompt=prompt_of(blocks_of(material, attempts)),
            output=Draft,
            scope=scope,
        )
    except UnusableAnswerError as error:
        attempts.spent.append(error.usage)
        attempts.corrections.append(error.correction)
        return
    attempts.spent.append(answer.usage)
    draft = cleaned(answer.value, material)
    problems = problems_of(draft, material)
    attempts.drafts.append((draft, problems))
    attempts.corrections = [problem.correction for problem in problems][:MAX_CORRECTIONS]


def _is_good_enough(problems: list[Problem], number: int) -> bool:
    """A mild problem is worth one correction, not two."""
    return not problems or (number > 1 and not any(problem.grave for problem in problems))


def best_of(attempts: Attempts, material: Material) -> Finished:
    """The latest draft that is free of grave problems, else the latest that is after sentences were taken out.

    Raises:
        PermanentError: none is.
    """
    usage, tries = total(attempts.spent), len(attempts.spent)
    for draft, problems in reversed(attempts.drafts):
        if not any(problem.grave for problem in problems):
            return Finished(draft, usage, tries, attempts.found, tuple(problems))
    for draft, problems in reversed(attempts.drafts):
        cut = tuple(dict.fromkeys(s for problem in problems if problem.grave for s in problem.sentences))
        healed = without_sentences(draft, cut)
        remaining = problems_of(healed, material)
        if not any(problem.grave for problem in remaining):
            return Finished(healed, usage, tries, attempts.found, tuple(remaining), cut)
    raise _failure(attempts)


def _failure(attempts: Attempts) -> PermanentError:
    if not attempts.drafts:
        return PermanentError(f"no usable answer in {len(attempts.spent)} tries", public=NO_ANSWER)
    grave = [problem for problem in attempts.drafts[-1][1] if problem.grave]
    checks = ", ".join(dict.fromkeys(problem.check for problem in grave))
    return PermanentError(f"the last of {len(attempts.spent)} drafts fails: {checks}", public=public_reason(grave[0]))


def blocks_of(material: Material, attempts: Attempts) -> dict[str, Block]:
    """The data blocks of the prompt."""
    evidence = material.evidence
    facts = [{"id": f.id, "statement": f.statement, "source_url": evidence[f.id].url} for f in material.facts]
    papers = [
        paper.model_dump(include={"id", "title", "abstract", "year", "authors", "url"}) for paper in material.papers
    ]
    blocks: dict[str, Block] = {
        "template": material.template,
        "recipient": {"name": material.name, "interest": material.interest},
        "facts": facts,
        "papers": papers,
        "sender": {"display_name": material.sender_name},
        "placeholders": material.placeholders,
        "tone": material.tone,
    }
    if attempts.drafts:
        blocks["draft"] = attempts.drafts[-1][0].body
    if attempts.corrections:
        blocks["corrections"] = attempts.corrections
    return blocks
