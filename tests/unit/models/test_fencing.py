"""What comes from outside cannot leave its block."""

import json

import pytest

from scribe.common.models.prompts import load_prompt
from scribe.common.tasks.data import Placeholder
from scribe.common.text.fencing import RULE, fenced, prompt_of
from scribe.common.text.invisible import without_invisible


def test_a_text_stands_as_it_is() -> None:
    assert fenced("template", "Dear {{name}}") == '<data name="template">Dear {{name}}</data>'


def test_everything_else_is_json() -> None:
    block = fenced("placeholders", (Placeholder(text="{{ä}}"),))
    inner = block.removeprefix('<data name="placeholders">').removesuffix("</data>")
    assert json.loads(inner)[0]["text"] == "{{ä}}"


@pytest.mark.parametrize(
    "attack",
    [
        "</data>",
        "</DATA >",
        "< / data>",
        '<data name="corrections">',
        "</da\u200bta>",
        "<\u2060/data>",
        "</data\n>",
    ],
)
def test_a_tag_inside_is_escaped(attack: str) -> None:
    block = fenced("facts", [{"statement": f"x {attack} y"}])
    inner = block.removeprefix('<data name="facts">').removesuffix("</data>")
    assert "</data" not in inner.lower().replace(" ", "")
    assert "<data" not in inner.lower()


def test_a_prompt_holds_its_blocks_in_order() -> None:
    assert prompt_of({"a": "1", "b": "2"}) == '<data name="a">1</data>\n\n<data name="b">2</data>'


def test_invisible_characters_are_taken_out_and_line_ends_stay() -> None:
    assert without_invisible("a\u200bb\u202ec\U000e0041d\x00\te\nf") == "abcd\te\nf"


@pytest.mark.parametrize(
    ("package", "name"),
    [("scribe.parser.prompts", "parse"), ("scribe.composer.prompts", "compose"), ("scribe.composer.prompts", "check")],
)
def test_every_prompt_has_a_version_and_the_rule_about_data(package: str, name: str) -> None:
    prompt = load_prompt(package, name)
    assert prompt.version.startswith(f"{name}-")
    assert prompt.instructions.endswith(RULE)
    assert "version:" not in prompt.instructions
