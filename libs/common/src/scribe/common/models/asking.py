"""Ask a model, review its answer, and ask again with what was wrong, a bounded number of times."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

from scribe.common.models.answers import T, UnusableAnswerError
from scribe.common.models.prompts import Prompt
from scribe.common.models.structured import StructuredModel
from scribe.common.tasks.usage import Usage, total
from scribe.common.text.fencing import Block, prompt_of

MAX_TRIES = 3


@dataclass(frozen=True)
class Rejected:
    """Why an answer will not do: one sentence each, for the model; `blocks` are further data that it then gets."""

    corrections: Sequence[str]
    blocks: Mapping[str, Block] = field(default_factory=dict)


Review = Callable[[T], Awaitable[Rejected | None]]
"""None accepts an answer."""


@dataclass(frozen=True)
class Asked(Generic[T]):
    """The accepted answer, or None where there is none; `usage` and `tries` are those of all requests."""

    value: T | None
    usage: Usage
    tries: int


async def accept(_answer: object) -> Rejected | None:
    """The review that accepts every answer of the right type."""
    return None


async def ask_until(
    model: StructuredModel,
    prompt: Prompt,
    blocks: Mapping[str, Block],
    output: type[T],
    review: Review[T] = accept,
    *,
    scope: str = "",
    max_tries: int = MAX_TRIES,
) -> Asked[T]:
    """The first answer that `review` accepts. What is wrong with an answer, or that it is not an
    `output`, is added to the next request as the block `corrections`. With a `scope` (a task's `cache_scope`) answers
    that were paid for are used again.

    Raises:
        WorkError: as `StructuredModel.ask`, but for UnusableAnswerError.
    """
    spent: list[Usage] = []
    rejected = Rejected(())
    for number in range(1, max_tries + 1):
        try:
            answer = await model.ask(
                instructions=prompt.instructions,
                prompt=prompt_of({**blocks, **_remarks(rejected)}),
                output=output,
                scope=f"{scope}:{number}" if scope else "",
            )
        except UnusableAnswerError as error:
            spent.append(error.usage)
            rejected = Rejected((*rejected.corrections, error.correction), rejected.blocks)
            continue
        spent.append(answer.usage)
        rejection = await review(answer.value)
        if rejection is None:
            return Asked(answer.value, total(spent), number)
        rejected = rejection
    return Asked(None, total(spent), max_tries)


def _remarks(rejected: Rejected) -> Mapping[str, Block]:
    return {**rejected.blocks, "corrections": rejected.corrections} if rejected.corrections else rejected.blocks
