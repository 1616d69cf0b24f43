"""Alerts can be given other thresholds and labels, or be switched off, by values."""

from typing import cast

import pytest
import yaml
from helm_python import HelmError

from tests.chart.rendering import SCRIBE, Object, Values, part, render, with_least


def rules(values: Values) -> list[Object]:
    """Every rule that is rendered."""
    found = render(with_least({"prometheusRule": {"enabled": True, **values}}))
    groups = [
        group for item in found.all("PrometheusRule") for group in cast("list[Object]", part(item, "spec", "groups"))
    ]
    return [rule for group in groups for rule in cast("list[Object]", group["rules"])]


def alert(values: Values, name: str) -> Object:
    """The one alert of a name."""
    (found,) = (rule for rule in rules(values) if rule.get("alert") == name)
    return found


def written() -> list[Object]:
    """Every rule of the files, in their order."""
    contents = [yaml.safe_load(file.read_text()) for file in sorted((SCRIBE / "files/alerts").glob("*.yaml"))]
    return [rule for content in contents for group in content["groups"] for rule in group["rules"]]


def test_rules_are_those_of_the_files_where_nothing_is_said() -> None:
    assert rules({}) == written()


def test_threshold_and_duration_are_values() -> None:
    values = {"alerts": {"ScribeSpendPerHour": {"threshold": 50, "for": "10m"}}}
    changed = alert(values, "ScribeSpendPerHour")
    assert str(changed["expr"]).endswith("(increase(scribe_llm_cost_usd_total[1h]))) > 50")
    assert part(changed, "annotations", "threshold") == "> 50"
    assert changed["for"] == "10m"


@pytest.mark.parametrize(
    "rule", [rule for rule in written() if part(rule, "annotations", "threshold")], ids=lambda rule: rule["alert"]
)
def test_every_threshold_can_be_changed_and_changes_nothing_else(rule: Object) -> None:
    name, old = str(rule["alert"]), str(part(rule, "annotations", "threshold"))
    changed = alert({"alerts": {name: {"threshold": 123.5}}}, name)
    assert str(rule["expr"]).count(f") {old}") == 1
    new = f"{old.split(maxsplit=1)[0]} 123.5"
    assert changed["expr"] == str(rule["expr"]).replace(f") {old}", f") {new}")


def test_one_alert_can_be_switched_off() -> None:
    names = {str(rule["alert"]) for rule in written() if "alert" in rule}
    left = {
        str(rule["alert"]) for rule in rules({"alerts": {"ScribeLowConfidence": {"enabled": False}}}) if "alert" in rule
    }
    assert names - left == {"ScribeLowConfidence"}


def test_labels_route_all_alerts_and_one_otherwise() -> None:
    values = {
        "alertLabels": {"team": "mail"},
        "alerts": {"ScribeSpendPerHour": {"severity": "ticket", "labels": {"team": "finance"}}},
    }
    assert part(alert(values, "ScribeSpendPerHour"), "labels") == {
        "severity": "ticket",
        "service": "scribe",
        "team": "finance",
    }
    assert part(alert(values, "ScribeGatewayGone"), "labels", "team") == "mail"
    assert not any("labels" in rule for rule in rules(values) if "record" in rule)


@pytest.mark.parametrize(
    ("alerts", "message"),
    [
        ({"ScribeSpendPerDay": {"threshold": 5}}, "there is no such alert; the nearest is ScribeSpendPerHour"),
        ({"ScribeTaskBudgetBurnsFast": {"threshold": 5}}, "has no threshold: it follows from an objective"),
    ],
)
def test_what_cannot_be_changed_is_refused(alerts: Values, message: str) -> None:
    with pytest.raises(HelmError, match=message):
        rules({"alerts": alerts})
