"""Step 1: reads the template.

Asks a cheap model for the template's type, search terms, gaps and tone, then holds its answer to the template.
"""

from dataclasses import dataclass

from scribe.common.errors import PermanentError
from scribe.common.models import Answer, StructuredModel, UnusableAnswerError, price_warnings
from scribe.common.models.prompts import Prompt
from scribe.common.tasks.data import PipelineData, Usage, total
from scribe.common.tasks.steps import Step
from scribe.common.text.fencing import Block, prompt_of
from scribe.common.text.injection import before_instructions
from scribe.common.text.placeholders import has_unbalanced_brace
from scribe.parser.reading import TemplateReading, corrected

MAX_TRIES = 3
NOT_UNDERSTOOD = "The template could not be read by the language model. Try again, or word the template more simply."
NO_NAME = "The recipient's name does not look like a name."
UNBALANCED = "The template has a curly brace without its partner; check whether a placeholder is misspelt."


@dataclass(frozen=True)
class Recipient:
    """Who the e-mail is for, without what does not belong into a name or an interest."""

    name: str
    interest: str

    @classmethod
    def of(cls, data: PipelineData) -> "Recipient":
        """The recipient of a task.

        Raises:
            PermanentError: nothing that could be a name is left.
        """
        name = before_instructions(data.recipient_name)
        if not any(char.isalpha() for char in name):
            raise PermanentError("the recipient's name is none", public=NO_NAME)
        return cls(name=name, interest=before_instructions(data.recipient_interest))


async def parse(model: StructuredModel, prompt: Prompt, data: PipelineData) -> PipelineData:
    """The task with `parsed` filled in.

    Raises:
        PermanentError: the model gave no usable answer in three tries.
    """
    recipient = Recipient.of(data)
    reading, usage = await _read(model, prompt, recipient, data)
    parsed = corrected(reading, data.email_template, recipient.name, recipient.interest)
    warnings = (UNBALANCED,) if has_unbalanced_brace(data.email_template) else ()
    return (
        data.model_copy(
            update={"parsed": parsed, "prompt_versions": {**data.prompt_versions, Step.PARSER: prompt.version}}
        )
        .with_usage(Step.PARSER, usage, role="parser")
        .with_warning(*warnings, *price_warnings(usage))
    )


async def _read(
    model: StructuredModel, prompt: Prompt, recipient: Recipient, data: PipelineData
) -> tuple[TemplateReading, Usage]:
    """The model's reading, asked for again when its answer is unusable, and what all tries cost."""
    spent: list[Usage] = []
    corrections: list[str] = []
    for number in range(1, MAX_TRIES + 1):
        try:
            answer = await _ask(model, prompt, recipient, data, corrections, number)
        except UnusableAnswerError as error:
            spent.append(error.usage)
            corrections.append(error.correction)
        else:
            return answer.value, total([*spent, answer.usage])
    raise PermanentError(f"no usable reading in {MAX_TRIES} tries", public=NOT_UNDERSTOOD)


async def _ask(
    model: StructuredModel,
    prompt: Prompt,
    recipient: Recipient,
    data: PipelineData,
    corrections: list[str],
    number: int,
) -> Answer[TemplateReading]:
    blocks: dict[str, Block] = {
        "template": data.email_template,
        "recipient": {"name": recipient.name, "interest": recipient.interest},
    }
    if corrections:
        blocks["corrections"] = corrections
    return await model.ask(
        instructions=prompt.instructions,
        prompt=prompt_of(blocks),
        output=TemplateReading,
        scope=f"{data.task_id}:{data.run}:{number}",
    )
