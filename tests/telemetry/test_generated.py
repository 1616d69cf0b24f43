"""What is generated is current, and speaks only of what there is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.metrics import MetricWrapperBase

from scribe.common.observability.metrics import Metrics
from scribe.dashboards.__main__ import RULE_FILES, generated
from scribe.dashboards.boards import BOARDS
from scribe.dashboards.causes import CAUSES, Cause
from scribe.dashboards.grafana import Dashboard, to_json
from scribe.dashboards.rules import Alert, Recording

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"\bscribe[_:][a-z0-9_:]+")
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


@pytest.mark.parametrize("path", sorted(generated()), ids=str)
def test_a_generated_file_is_what_the_code_says(path: Path) -> None:
    assert (ROOT / path).read_text("utf-8") == generated()[path], "run: make reference"


def instruments() -> Iterator[MetricWrapperBase]:
    for group in Metrics().every():
        for instrument in vars(group).values():
            if isinstance(instrument, MetricWrapperBase):
                yield instrument


def known_names() -> set[str]:
    names = {
        rule.name for groups in RULE_FILES.values() for g in groups for rule in g.rules if isinstance(rule, Recording)
    }
    for instrument in instruments():
        (family,) = instrument.describe()
        names |= {family.name + suffix for suffix in SUFFIXES[family.type]}
    return names


def expressions() -> Iterator[str]:
    for board in BOARDS:
        yield from (query.expression for panel in board.panels() for query in panel.queries)
    for groups in RULE_FILES.values():
        yield from (rule.expression for group in groups for rule in group.rules)


def test_every_expression_names_only_metrics_that_exist() -> None:
    unknown = {name for expression in expressions() for name in NAME.findall(expression)} - known_names()
    assert unknown == set()


def test_every_metric_is_on_a_dashboard_or_in_an_alert() -> None:
    used = {name for expression in expressions() for name in NAME.findall(expression)}
    unused = []
    for instrument in instruments():
        (family,) = instrument.describe()
        if not used & {family.name + suffix for suffix in SUFFIXES[family.type]}:
            unused.append(family.name)
    assert unused == []


def test_a_process_exposes_only_what_it_measures() -> None:
    metrics = Metrics()
    metrics.database.limit.set(8)
    names = {family.name for family in metrics.registry.collect()}
    assert "scribe_database_pool_limit" in names
    assert not any(name.startswith(("scribe_browser", "scribe_http", "scribe_task")) for name in names)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_the_panels_of_a_dashboard_do_not_overlap(board: Dashboard) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(json.dumps(to_json(board)))["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_every_panel_says_what_it_shows(board: Dashboard) -> None:
    assert [panel.title for panel in board.panels() if not panel.description or not panel.queries] == []


def test_links_lead_to_dashboards_that_exist() -> None:
    uids = {board.uid for board in BOARDS}
    linked = {uid for board in BOARDS for _, uid in board.links}
    linked |= {uid for board in BOARDS for panel in board.panels() for _, uid in panel.links}
    assert linked <= uids


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_links_between_dashboards_take_the_time_and_the_namespace_along(board: Dashboard) -> None:
    content = json.loads(json.dumps(to_json(board)))
    assert all(link["keepTime"] and link["includeVars"] for link in content["links"])
    links = [link["url"] for panel in content["panels"] for link in panel.get("links", ())]
    assert all("${__url_time_range}" in url and "${__all_variables}" in url for url in links)


def test_alerts_have_conditions_that_can_be_asked_one_by_one() -> None:
    alerts = [rule for groups in RULE_FILES.values() for g in groups for rule in g.rules if isinstance(rule, Alert)]
    assert all(alert.conditions for alert in alerts)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_two_installations_are_told_apart_in_every_panel(board: Dashboard) -> None:
    for query in (query for panel in board.panels() for query in panel.queries):
        sums = re.findall(r"\b(?:sum|max|min|avg|count)\b(?! by \(namespace(?:, [a-z_, ]+)?\) \()", query.expression)
        assert sums == [], query.expression
    legends = [
        target["legendFormat"]
        for panel in json.loads(json.dumps(to_json(board)))["panels"]
        for target in panel.get("targets", ())
    ]
    assert all(legend.startswith("{{namespace}}") for legend in legends)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_firing_alerts_and_deploys_are_marked_on_every_dashboard(board: Dashboard) -> None:
    marks = json.loads(json.dumps(to_json(board)))["annotations"]["list"]
    assert all(mark["enable"] for mark in marks)
    assert ["ALERTS" in marks[0]["expr"], "scribe_build_info" in marks[1]["expr"]] == [True, True]


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.what)
def test_a_cause_has_a_panel_that_turns_red_on_the_overview_and_an_alert_with_its_runbook(cause: Cause) -> None:
    (overview,) = (board for board in BOARDS if board.uid == "scribe-overview")
    alerts = {
        rule.name for groups in RULE_FILES.values() for g in groups for rule in g.rules if isinstance(rule, Alert)
    }
    assert cause.panel in overview.panels()
    assert cause.panel.thresholds[-1].colour == "red"
    assert cause.alert in alerts
    assert (ROOT / cause.runbook).exists()
