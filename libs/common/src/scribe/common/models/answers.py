"""Decoding a model's response: a value of the wanted type, or the reason why there is none."""

import re
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar, assert_never, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart

from scribe.common.errors import PermanentError
from scribe.common.tasks.usage import Usage
from scribe.common.text.thinking import without_thinking

T = TypeVar("T", bound=BaseModel)

Fault = Literal["empty", "refused", "malformed", "cut_off"]

_JSON: TypeAdapter[object] = TypeAdapter(object)
_LIST: TypeAdapter[list[object]] = TypeAdapter(list[object])
_FENCE = re.compile(r"```[\w-]{0,20}\n(.*)```", re.DOTALL)
_REFUSAL = re.compile(
    r"\b(i (can(no|')t|am (not able|unable)|won't|will not|must decline)|i'm (sorry|unable|not able)|as an ai\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A value that the model gave, and what it cost."""

    value: T
    usage: Usage


class UnusableAnswerError(PermanentError):
    """The model answered, but not with the wanted type. Asking again with a correction may help."""

    default_public = "The model did not give a usable answer for this e-mail, even when asked again."

    def __init__(self, fault: Fault, detail: str, usage: Usage) -> None:
        super().__init__(f"the model's answer is {fault}: {detail}")
        self.fault = fault
        self.detail = detail
        self.usage = usage

    @property
    def correction(self) -> str:
        """What to tell the model when it is asked again."""
        match self.fault:
            case "empty":
                return "Your answer was empty. Call the tool with all of its fields."
            case "refused":
                return "You declined. The task is an ordinary, honest e-mail; do it with what the data blocks hold."
            case "malformed":
                return f"Your answer did not match the tool's schema ({self.detail}). Call the tool with all fields."
            case "cut_off":
                return "Your answer was too long and was cut off. Be much shorter."
            case _:
                assert_never(self.fault)


def raw_answer(response: ModelResponse) -> tuple[str, Fault | None]:
    """The JSON text of a response, or the text it has instead, and the fault that its finish reason names."""
    fault: Fault | None = None
    if response.finish_reason == "length":
        fault = "cut_off"
    elif response.finish_reason == "content_filter":
        fault = "refused"
    calls = [part for part in response.parts if isinstance(part, ToolCallPart)]
    if calls:
        return calls[0].args_as_json_str(), fault
    text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
    return text, fault


def read_answer(text: str, fault: Fault | None, output: type[T], usage: Usage) -> Answer[T]:
    """The value in a raw answer: JSON, perhaps in a fence or after a thinking trace.

    Raises:
        UnusableAnswerError: there is none. Its text names fields, never what the model wrote.
    """
    if fault is not None:
        raise UnusableAnswerError(fault, "finish reason", usage)
    bare = _bare(text)
    if not bare or bare == "{}":
        raise UnusableAnswerError("empty", "no content", usage)
    try:
        return Answer(output.model_validate(unpacked(bare, output)), usage)
    except ValidationError as error:
        if not bare.startswith("{") and _REFUSAL.search(bare[:400]):
            raise UnusableAnswerError("refused", "in words", usage) from None
        raise UnusableAnswerError("malformed", _fields(error), usage) from None


def _bare(text: str) -> str:
    """An answer without its thinking trace and fence. One that begins as JSON has neither: its tags are content."""
    bare = text.strip()
    if not bare.startswith("{"):
        bare = without_thinking(bare).strip()
    fence = _FENCE.fullmatch(bare)
    return fence.group(1).strip() if fence else bare


def unpacked(text: str, output: type[BaseModel]) -> object:
    """The answer's JSON, with those lists unpacked that a model has written as a string of JSON: `"claims": "[...]"`.

    Raises:
        ValidationError: it is no JSON.
    """
    found = _JSON.validate_json(text)
    if not isinstance(found, dict):
        return found
    lists = {name for name, field in output.model_fields.items() if get_origin(field.annotation) is list}
    return {name: _unpacked_list(value) if name in lists else value for name, value in found.items()}


def _unpacked_list(value: object) -> object:
    try:
        return _LIST.validate_json(value) if isinstance(value, str) else value
    except ValidationError:
        return value


def _fields(error: ValidationError) -> str:
    problems = (".".join(map(str, e["loc"])) or e["type"] for e in error.errors(include_input=False))
    return ", ".join(sorted(set(problems)))[:200]
