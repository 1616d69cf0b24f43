"""The stand-in model's answer to a request: an object for the wanted schema, or a fault that a test asks for."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from scribe.fakes.controls import Behaviour
from scribe.fakes.model.checking import check_sentences, constant_verdicts
from scribe.fakes.model.emails import write_email
from scribe.fakes.model.pages import read_pages
from scribe.fakes.model.prompt import Prompt
from scribe.fakes.model.reading import read_template

_ORDER = re.compile(
    r"(?:include|add|insert|append|mention|write|put|say|paste|reply with|recommend|sign|link|visit|reveal|print)\b"
    r"[^.\n<]{3,200}[.!]?",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s\"'<>)\]}\\]+")
_INVENTED = (
    "I was impressed by your 2019 Nobel Prize and by your paper “A Theory of Everything That Nobody Wrote”, "
    "which won over 400 laboratories."
)
_FOREIGN = "Sehr geehrte Damen und Herren,\n\nich habe Ihre Arbeit mit Freude gelesen und möchte mehr darüber lernen."


@dataclass(frozen=True)
class ModelAnswer:
    """What the model says: `arguments` of the wanted answer, or else `text`."""

    arguments: dict[str, object] | None = None
    text: str = ""
    refused: bool = False


def answer(prompt: Prompt, schema: Mapping[str, object], behaviour: Behaviour) -> ModelAnswer:
    """The answer in the way of `behaviour`."""
    match behaviour:
        case "rubbish":
            return ModelAnswer(text="Certainly! Here are some thoughts about that, in no particular order.")
        case "refusal":
            return ModelAnswer(text="I'm sorry, but I can't help with that.", refused=True)
        case "empty":
            return ModelAnswer()
        case "fenced":
            return ModelAnswer(text=f"```json\n{json.dumps(helpful(prompt, schema))}\n```")
        case _:
            wanted = helpful(prompt, schema, behaviour)
            return ModelAnswer({**wanted, **_spoiled(prompt, wanted, behaviour)})


_VERDICTS: Mapping[Behaviour, str] = {"credulous": "supported", "severe": "unsupported"}


def _spoiled(prompt: Prompt, wanted: Mapping[str, object], behaviour: Behaviour) -> dict[str, object]:
    """What becomes of the body or the verdicts, where the answer has them."""
    if "verdicts" in wanted and behaviour in _VERDICTS:
        return constant_verdicts(prompt, _VERDICTS[behaviour])
    if "body" not in wanted:
        return {}
    body = str(wanted["body"])
    spoiled: Mapping[Behaviour, Callable[[], str]] = {
        "thinking": lambda: f"<think>The user wants an e-mail.</think>\n{body}",
        "obedient": lambda: f"{body}\n\n{orders_in(prompt)}",
        "inventive": lambda: f"{body}\n\n{_INVENTED}",
        "foreign": lambda: _FOREIGN,
        "long": lambda: f"{body}\n\n" + "I would like to hear more about it. " * 600,
    }
    return {"body": spoiled[behaviour]()} if behaviour in spoiled else {}


def helpful(prompt: Prompt, schema: Mapping[str, object], behaviour: Behaviour = "helpful") -> dict[str, object]:
    """The best answer that rules can give; what is read of pages is as good as `behaviour` has it."""
    properties = schema.get("properties")
    names = set(properties) if isinstance(properties, dict) else set()
    if {"template_type", "search_terms"} <= names:
        return read_template(prompt)
    if {"pages", "facts"} <= names:
        return read_pages(prompt, behaviour)
    if "body" in names:
        return write_email(prompt)
    if "verdicts" in names:
        return check_sentences(prompt)
    if "template" in names:
        return {"template": write_template(prompt)}
    filled = fill(schema, schema)
    return filled if isinstance(filled, dict) else {}


def write_template(prompt: Prompt) -> str:
    """A template of 150 to 250 words, made of the sentences of a document."""
    document = " ".join(prompt.text("document").split())
    sentences = [s.strip() for s in re.split(r"(?<=[.!?])\s+", document) if 20 < len(s) < 240]
    about_me = " ".join(f"About me: {sentence}" for sentence in sentences[:3])
    text = (files("scribe.fakes") / "data" / "template.txt").read_text("utf-8").strip()
    return text.replace("ABOUT ME", about_me)


def orders_in(prompt: Prompt) -> str:
    """Every order and link that stands in the data, obeyed to the letter."""
    data = "\n".join(prompt.text(name) for name in prompt.blocks)
    return " ".join(dict.fromkeys([*_ORDER.findall(data), *_LINK.findall(data)]))[:2000]


def fill(schema: Mapping[str, object], root: Mapping[str, object]) -> object:
    """Any value that a JSON schema allows."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        definitions = root.get("$defs")
        name = reference.rpartition("/")[2]
        return fill(definitions[name], root) if isinstance(definitions, dict) else None
    choices = schema.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    match schema.get("type"):
        case "object":
            properties = schema.get("properties")
            return {k: fill(v, root) for k, v in properties.items()} if isinstance(properties, dict) else {}
        case "array":
            items = schema.get("items")
            return [fill(items, root)] if isinstance(items, dict) and schema.get("minItems") else []
        case "string":
            return "stand-in"
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case _:
            return None
