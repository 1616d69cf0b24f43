"""Step 1: reads the template.

Asks a cheap model for the template's type, search terms, gaps and tone, then holds its answer to the template.
"""

from dataclasses import dataclass

from scribe.common.errors import PermanentError
from scribe.common.models import Asked, StructuredModel, ask_until, price_warnings
from scribe.common.models.prompts import Prompt
from scribe.common.tasks.data import PipelineData
from scribe.common.tasks.steps import Step
from scribe.common.text.fencing import Block
from scribe.common.text.injection import interest_in
from scribe.common.text.submitted import INTEREST_CUT, recipient_name
from scribe.common.text.templates import UniformTemplate, uniform
from scribe.parser.reading import TemplateReading, corrected

NOT_UNDERSTOOD = "The template could not be read by the language model. Try again, or word the template more simply."


@dataclass(frozen=True)
class CleanedRecipient:
    """Who the e-mail is for, without what does not belong into a name or an interest."""

    name: str
    interest: str
    is_interest_cut: bool

    @classmethod
    def of(cls, data: PipelineData) -> "CleanedRecipient":
        """The recipient of a task.

        Raises:
            PermanentError: nothing that could be a name is left.
        """
        interest = interest_in(data.recipient_interest)
        return cls(recipient_name(data.recipient_name), interest.text, interest.is_cut)


class Parser:
    """The step: one cheap answer, at most two more, held to the template."""

    def __init__(self, model: StructuredModel, prompt: Prompt) -> None:
        self._model = model
        self._prompt = prompt

    async def __call__(self, data: PipelineData) -> PipelineData:
        """The task with `parsed` filled in.

        Raises:
            PermanentError: the recipient has no name, or the model gave no usable answer in three tries.
        """
        recipient, template = CleanedRecipient.of(data), uniform(data.email_template)
        asked = await self._ask(recipient, template, data)
        if asked.value is None:
            raise PermanentError(f"no usable reading in {asked.tries} tries", public=NOT_UNDERSTOOD)
        parsed = corrected(asked.value, template.text, recipient.name, recipient.interest)
        versions = {**data.prompt_versions, Step.PARSER: self._prompt.version}
        warnings = [*template.warnings, *([INTEREST_CUT] if recipient.is_interest_cut else [])]
        return (
            data.model_copy(update={"parsed": parsed, "prompt_versions": versions, "email_template": template.text})
            .with_usage(Step.PARSER, asked.usage, role="parser")
            .with_warning(*warnings, *price_warnings(asked.usage))
        )

    async def _ask(
        self, recipient: CleanedRecipient, template: UniformTemplate, data: PipelineData
    ) -> Asked[TemplateReading]:
        blocks: dict[str, Block] = {
            "template": template.text,
            "recipient": {"name": recipient.name, "interest": recipient.interest},
        }
        return await ask_until(self._model, self._prompt, blocks, TemplateReading, scope=data.cache_scope)
