"""One request to a model, exactly as it is sent, and what became of it."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict
from pydantic_ai.messages import ModelMessage, ModelRequest, UserPromptPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.tools import ToolDefinition
from pydantic_ai.usage import RequestUsage

from scribe.common.tasks.usage import Usage

EMAIL = "email"
"""The subject of requests about an e-mail that a model writes: they depend on its other answers, so none is kept."""

CHARACTERS_PER_TOKEN = 3
"""An estimate for English prose and JSON that rather counts too many; used only where no provider has counted."""

Role = Literal["parser", "reader", "composer", "checker"]
ROLES: tuple[Role, ...] = get_args(Role)


class Label(BaseModel):
    """What a request is for. `subject` names the file that it is about, such as `draft_true`."""

    model_config = ConfigDict(frozen=True)

    role: Role
    trial: str
    subject: str

    def __str__(self) -> str:
        return f"{self.role} {self.trial} {self.subject}"


@dataclass(frozen=True)
class Request:
    """Instructions, message and the tool whose arguments are the answer."""

    instructions: str
    prompt: str
    tool: ToolDefinition

    @classmethod
    def of(cls, messages: list[ModelMessage], parameters: ModelRequestParameters) -> "Request":
        """The request that a pydantic-ai model is given."""
        requests = [message for message in messages if isinstance(message, ModelRequest)]
        prompts = [part for request in requests for part in request.parts if isinstance(part, UserPromptPart)]
        return cls(
            instructions="\n\n".join(request.instructions for request in requests if request.instructions),
            prompt="\n\n".join(str(part.content) for part in prompts),
            tool=parameters.output_tools[0],
        )

    @property
    def schema(self) -> str:
        """The JSON schema of the answer."""
        return json.dumps(self.tool.parameters_json_schema, indent=2, ensure_ascii=False)

    @property
    def digest(self) -> str:
        """The hash of everything that the model is told."""
        told = (self.instructions, self.prompt, self.tool.name, self.tool.description or "", self.schema)
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()

    def estimate(self, answer: str) -> RequestUsage:
        """The tokens of the request and of an answer, by their characters."""
        schema = json.dumps(self.tool.parameters_json_schema)
        told = len(self.instructions) + len(self.prompt) + len(self.tool.description or "") + len(schema)
        return RequestUsage(
            input_tokens=round(told / CHARACTERS_PER_TOKEN), output_tokens=round(len(answer) / CHARACTERS_PER_TOKEN)
        )


@dataclass(frozen=True)
class Exchange:
    """A request with its answer, as JSON. `by` and `on` say who answered and when.

    `usage` is what it cost by list price, with estimated tokens where no provider has counted them; `seconds` is None
    where it is not known.
    """

    label: Label
    request: Request
    answer: str
    by: str
    on: str
    usage: Usage
    seconds: float | None = None


class MissingAnswerError(Exception):
    """Nobody has answered this request yet. It is no WorkError, so that no step takes it for a model's fault."""


@dataclass
class Log:
    """What was asked in one run: answers, requests without one by their hash, and what a model's fault ended."""

    exchanges: list[Exchange] = field(default_factory=list)
    missing: dict[str, tuple[Label, Request]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked was answered."""
        return not self.missing and not self.failed

    def miss(self, label: Label, request: Request) -> MissingAnswerError:
        """Note that a request has no answer; gives the error to raise."""
        self.missing[request.digest] = (label, request)
        return MissingAnswerError(str(label))

    def provenance(self) -> list[str]:
        """A line for everybody who has answered for a role on a day."""
        counts = Counter((exchange.label.role, exchange.by or "files", exchange.on) for exchange in self.exchanges)
        return [f"{role}: {count} answers by {by}, {on}" for (role, by, on), count in sorted(counts.items())]

    def of(self, *labels: Label) -> list[Exchange]:
        """What was asked under these labels."""
        return [exchange for exchange in self.exchanges if exchange.label in labels]
