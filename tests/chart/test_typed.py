"""Every `helm upgrade` that a page tells a reader to type is taken by the chart."""

import re
import shlex
from itertools import pairwise

import pytest

from tests.chart.rendering import SCRIBE, SCRIBE_DEV, Values, merged, problems, render, with_least
from tests.support.typed import Block, blocks

UPGRADES = [
    (block, line) for block in blocks("cluster", "outside") for line in block.lines if line.startswith("helm upgrade")
]

PRODUCTION = with_least(
    {
        "defaults": {"autoscaling": {"type": "keda", "minReplicas": 0}},
        "services": {"gateway": {"autoscaling": {"type": "none"}}},
        "podMonitor": {"enabled": True},
        "prometheusRule": {"enabled": True},
    }
)
"""An installation on which the pages' commands make a difference."""


def values_of(line: str) -> Values:
    """What the `--set` of a line give, as Helm reads them."""
    words = shlex.split(line.replace("$STEP", "parser").replace("$REVISION", "2"), comments=True)
    found: Values = {}
    for option, text in pairwise(words):
        if option == "--set":
            path, _, value = text.partition("=")
            found = merged(found, _nested(re.split(r"(?<!\\)\.", path), _value(value)))
    return found


def _nested(path: list[str], value: object) -> Values:
    key, *rest = path
    name, _, index = key.replace("\\.", ".").partition("[")
    inner = _nested(rest, value) if rest else value
    assert index in ("", "0]"), "only the first item of a list is set in the pages"
    return {name: [inner] if index else inner}


def _value(text: str) -> object:
    if text.startswith("{"):
        return text.strip("{}").split(",")
    if text in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[text]
    return int(text) if text.isdecimal() else text


@pytest.mark.parametrize(("block", "line"), UPGRADES, ids=[f"{block}-{n}" for n, (block, _) in enumerate(UPGRADES)])
def test_values_of_a_page_are_taken(block: Block, line: str) -> None:
    chart, base = (SCRIBE_DEV, {}) if "helm/scribe-dev" in line else (SCRIBE, PRODUCTION)
    found = render(merged(base, values_of(line)), chart=chart)
    assert [problem for item in found.objects for problem in problems(item)] == [], block
    assert "--set" not in line or chart == SCRIBE_DEV or found.objects != render(base).objects, "it changes nothing"


def test_what_is_set_is_read_as_helm_does() -> None:
    line = "helm upgrade scribe x --set 'a.b[0].c\\.d={x,y}' --set e=3"
    assert values_of(line) == {"a": {"b": [{"c.d": ["x", "y"]}]}, "e": 3}
