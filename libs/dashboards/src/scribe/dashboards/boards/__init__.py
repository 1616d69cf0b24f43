"""The dashboards, one a module, each a value named `BOARD`."""

from scribe.dashboards.boards import gateway, overview, pipeline, servers, step, upstreams
from scribe.dashboards.grafana import Dashboard

BOARDS: tuple[Dashboard, ...] = (
    overview.BOARD,
    pipeline.BOARD,
    step.BOARD,
    upstreams.BOARD,
    gateway.BOARD,
    servers.BOARD,
)
