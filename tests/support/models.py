"""Models that say what a test wants, without a network."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, TextPart, ToolCallPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.settings import ModelSettings

from scribe.common.http.breaker import Breaker
from scribe.common.messaging.kv import ResponseCache
from scribe.common.models import StructuredModel
from scribe.common.models.structured import NamedModel
from scribe.common.observability.metrics import Metrics

Said = str | Mapping[str, object] | Exception
"""Words, the arguments of the answer's tool call, or a fault."""


@dataclass
class Script:
    """What the model says, in turn, the last for ever; and the prompts it was given."""

    answers: list[Said]
    prompts: list[str] = field(default_factory=list)

    def say(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        """The next answer."""
        self.prompts.append(user_prompt(messages))
        answer = self.answers[min(len(self.prompts), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            return ModelResponse(parts=[TextPart(answer)])
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, json.dumps(answer))])


def scripted(
    *answers: Said, name: str = "anthropic:claude-haiku-5-5", cache: ResponseCache | None = None
) -> tuple[StructuredModel, Script]:
    """A model that gives these answers."""
    script = Script(list(answers))
    return from_function(script.say, name=name, cache=cache), script


def from_function(
    say: Callable[[list[ModelMessage], AgentInfo], ModelResponse],
    *,
    name: str = "anthropic:claude-haiku-5-5",
    cache: ResponseCache | None = None,
) -> StructuredModel:
    """A model that is a function."""
    metrics = Metrics()
    breaker = Breaker(name.partition(":")[0], metrics.upstreams)
    return StructuredModel((NamedModel(name, FunctionModel(say), breaker),), ModelSettings(), metrics, "test", cache)


def user_prompt(messages: list[ModelMessage]) -> str:
    """The text that the model was given beside its instructions."""
    return "\n".join(
        str(part.content)
        for message in messages
        if isinstance(message, ModelRequest)
        for part in message.parts
        if isinstance(part, UserPromptPart)
    )
