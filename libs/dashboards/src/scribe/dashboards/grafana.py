"""What a dashboard is made of, and its JSON as Grafana 10 and later read it.

A panel takes a third, half or all of a row's 24 columns; its place follows from the order in which panels are written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Json = dict[str, object]

WIDTH = 24
DATASOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}
SCHEMA_VERSION = 39
FIRING = 'ALERTS{alertstate="firing", service="scribe", namespace=~"$namespace"}'
VERSIONS = 'sum by (namespace, version) (scribe_build_info{namespace=~"$namespace"}%s)'
DEPLOYED = f"{VERSIONS % ''} unless {VERSIONS % ' offset 5m'}"
"""The versions that did not run five minutes ago."""
KEPT = "${__url_time_range}&${__all_variables}"
"""What a panel's link takes along; a dashboard's has settings for that."""


@dataclass(frozen=True)
class Query:
    """One PromQL expression, and the name of its series (`{{label}}`), which is shown after their namespace."""

    expression: str
    legend: str = ""


@dataclass(frozen=True)
class Threshold:
    """From `value` upwards the panel has this colour."""

    value: float
    colour: Literal["green", "orange", "red"]


@dataclass(frozen=True)
class Panel:
    """A chart, or one big number. `links` are (title, uid of a dashboard)."""

    title: str
    queries: tuple[Query, ...]
    description: str
    unit: str = "short"
    kind: Literal["timeseries", "stat"] = "timeseries"
    width: int = 8
    height: int = 7
    thresholds: tuple[Threshold, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    stacked: bool = False
    decimals: int | None = None


@dataclass(frozen=True)
class Stat(Panel):
    """One big number, in the colour of the threshold that it has reached."""

    kind: Literal["timeseries", "stat"] = "stat"
    width: int = 4
    height: int = 5


@dataclass(frozen=True)
class Row:
    """Panels under one heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Variable:
    """A choice above the dashboard: the values of `label` of `metric`."""

    name: str
    metric: str
    label: str
    includes_all: bool = True


@dataclass(frozen=True)
class Dashboard:
    """A page of rows. `uid` is its address."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    refresh: str = "10s"
    links: tuple[tuple[str, str], ...] = field(default=())

    def panels(self) -> Iterator[Panel]:
        """All panels, in order."""
        for row in self.rows:
            yield from row.panels


NAMESPACE = Variable("namespace", "scribe_loop_pass_timestamp_seconds", "namespace")


def to_json(board: Dashboard) -> Json:
    """The dashboard as Grafana imports it."""
    return {
        "uid": board.uid,
        "title": board.title,
        "description": board.description,
        "tags": ["scribe"],
        "editable": False,
        "graphTooltip": 1,
        "refresh": board.refresh,
        "schemaVersion": SCHEMA_VERSION,
        "time": {"from": "now-1h", "to": "now"},
        "timezone": "browser",
        "version": 1,
        "links": [{**_link(title, f"/d/{uid}"), "keepTime": True, "includeVars": True} for title, uid in board.links],
        "annotations": {
            "list": [
                _annotation("Firing alerts", FIRING, "{{alertname}}", "red"),
                _annotation("Deploys", DEPLOYED, "{{version}}", "blue"),
            ]
        },
        "templating": {"list": [_datasource(), *(_variable(v) for v in (NAMESPACE, *board.variables))]},
        "panels": list(_panels(board.rows)),
    }


def _panels(rows: Sequence[Row]) -> Iterator[Json]:
    number, y = 1, 0
    for row in rows:
        yield {
            "id": number,
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "gridPos": {"h": 1, "w": WIDTH, "x": 0, "y": y},
            "panels": [],
        }
        number, y, x, tallest = number + 1, y + 1, 0, 0
        for panel in row.panels:
            if x + panel.width > WIDTH:
                x, y, tallest = 0, y + tallest, 0
            yield _panel(panel, number, x, y)
            number, x, tallest = number + 1, x + panel.width, max(tallest, panel.height)
        y += tallest


def _panel(panel: Panel, number: int, x: int, y: int) -> Json:
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "gridPos": {"h": panel.height, "w": panel.width, "x": x, "y": y},
        "targets": [_target(query, place) for place, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _options(panel),
        "links": [_link(title, f"/d/{uid}?{KEPT}") for title, uid in panel.links],
    }


def _target(query: Query, place: int) -> Json:
    return {
        "refId": "ABCDEFGHIJ"[place],
        "datasource": DATASOURCE,
        "expr": query.expression,
        "legendFormat": f"{{{{namespace}}}} {query.legend}" if query.legend else "__auto",
        "instant": False,
        "range": True,
        "format": "time_series",
    }


def _defaults(panel: Panel) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    steps += [{"color": threshold.colour, "value": threshold.value} for threshold in panel.thresholds]
    defaults: Json = {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    defaults["mappings"] = [{"type": "special", "options": {"match": "nan", "result": {"text": "none", "index": 0}}}]
    if panel.decimals is not None:
        defaults["decimals"] = panel.decimals
    if panel.kind == "timeseries":
        defaults["custom"] = {
            "fillOpacity": 20 if panel.stacked else 8,
            "lineWidth": 1,
            "showPoints": "never",
            "stacking": {"mode": "normal" if panel.stacked else "none"},
            "thresholdsStyle": {"mode": "line" if panel.thresholds else "off"},
        }
    return defaults


def _options(panel: Panel) -> Json:
    if panel.kind == "stat":
        reduced: Json = {"calcs": ["lastNotNull"], "fields": "", "values": False}
        return {"reduceOptions": reduced, "colorMode": "value", "graphMode": "area", "textMode": "auto"}
    legend: Json = {"displayMode": "list", "placement": "bottom", "showLegend": True}
    return {"legend": legend, "tooltip": {"mode": "multi", "sort": "desc"}}


def _link(title: str, url: str) -> Json:
    return {"title": title, "type": "link", "url": url, "targetBlank": False}


def _annotation(name: str, expression: str, title: str, colour: str) -> Json:
    """Marks on every chart for as long as `expression` has data."""
    return {
        "name": name,
        "datasource": DATASOURCE,
        "enable": True,
        "iconColor": colour,
        "expr": expression,
        "titleFormat": title,
        "textFormat": "{{namespace}}",
        "tagKeys": "severity",
        "step": "30s",
    }


def _datasource() -> Json:
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}


def _variable(variable: Variable) -> Json:
    chosen = "$__all" if variable.includes_all else ""
    return {
        "name": variable.name,
        "label": variable.name.capitalize(),
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": f"label_values({variable.metric}, {variable.label})", "refId": "variable"},
        "refresh": 2,
        "includeAll": variable.includes_all,
        "allValue": ".*" if variable.includes_all else None,
        "multi": variable.includes_all,
        "current": {"text": "All", "value": chosen} if variable.includes_all else {},
        "sort": 1,
    }
