"""What Prometheus has of each panel of a dashboard."""

import math
import re
from collections.abc import Sequence
from time import time

from scribe.dashboards.grafana import Dashboard, Panel, Query
from tests.screenshots.drawing import Answers, Series
from tests.support.prometheus import Prometheus

VARIABLES = {"$__rate_interval": "10s", "$namespace": ".*", "$step": "composer"}
STEP = 2
MAX_SERIES = 12


async def answers_of(board: Dashboard, server: Prometheus, seconds: float) -> Answers:
    """The series of every panel over the last so many seconds."""
    return {panel: await _series_of(panel, server, seconds) for panel in board.panels()}


async def _series_of(panel: Panel, server: Prometheus, seconds: float) -> Sequence[Series]:
    series = [found for query in panel.queries for found in await _asked(query, server, seconds)]
    return series[:MAX_SERIES]


async def _asked(query: Query, server: Prometheus, seconds: float) -> list[Series]:
    expression, now = query.expression, time()
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    params: dict[str, str | float] = {"query": expression, "start": now - seconds, "end": now, "step": STEP}
    answer = (await server.client.get("/api/v1/query_range", params=params)).raise_for_status().json()
    return [(_name(query, found["metric"]), _points(found["values"])) for found in answer["data"]["result"]]


def _points(values: Sequence[tuple[float, str]]) -> list[tuple[float, float]]:
    return [(at, float(value)) for at, value in values if math.isfinite(float(value))]


def _name(query: Query, labels: dict[str, str]) -> str:
    if query.legend:
        return re.sub(r"{{(\w+)}}", lambda label: labels.get(label[1], ""), query.legend).strip()
    return " ".join(value for name, value in labels.items() if not name.startswith("__")) or "value"
