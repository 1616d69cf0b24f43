"""A dashboard as an SVG picture: its panels where Grafana puts them, with the series that Prometheus answered."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap

from scribe.dashboards.grafana import Dashboard, Panel

Series = tuple[str, Sequence[tuple[float, float]]]
"""A name, and points of time and value in seconds and the panel's unit."""
Answers = Mapping[Panel, Sequence[Series]]

COLUMN, LINE = 44, 24
"""Pixels of one of Grafana's 24 columns, and of one of its units of height."""
MARGIN = 8
PANEL_STYLE = 'fill="#ffffff" stroke="#d8dce3"'
COLOURS = ("#3274d9", "#56a64b", "#ff9830", "#e02f44", "#8f3bb8", "#5794f2", "#b877d9", "#96d98d")
TITLE_CHARACTER, LEGEND_CHARACTER = 8, 5
"""Pixels of a character, about."""


def draw(board: Dashboard, answers: Answers) -> str:
    """The whole page."""
    parts: list[str] = []
    top = 40
    for row in board.rows:
        parts.append(_text(MARGIN, top + 16, row.title, size=13, weight="bold"))
        top += LINE
        left, tallest = 0, 0
        for panel in row.panels:
            if left + panel.width > 24:
                left, top, tallest = 0, top + tallest * LINE, 0
            parts.extend(_panel(panel, answers[panel], left * COLUMN, top))
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest * LINE
    width, height = 24 * COLUMN + MARGIN, top + MARGIN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
    ground = f'<rect width="{width}" height="{height}" fill="#f4f5f8"/>'
    return "\n".join((head, ground, _text(MARGIN, 26, board.title, size=17, weight="bold"), *parts, "</svg>\n"))


def _panel(panel: Panel, series: Sequence[Series], x: int, y: int) -> Iterator[str]:
    width, height = panel.width * COLUMN - MARGIN, panel.height * LINE - MARGIN
    yield f'<svg x="{x + MARGIN}" y="{y}" width="{width}" height="{height}">'
    yield f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="3" {PANEL_STYLE}/>'
    for number, line in enumerate(wrap(panel.title, width // TITLE_CHARACTER)):
        yield _text(8, 17 + 14 * number, line, size=12, weight="bold")
    if panel.kind == "stat":
        yield from _number(panel, series, width, height)
    else:
        yield from _chart(panel, series, width, height)
    yield "</svg>"


def _number(panel: Panel, series: Sequence[Series], width: int, height: int) -> Iterator[str]:
    values = [points[-1][1] for _, points in series if points]
    shown = ", ".join(as_quantity(value, panel.unit) for value in values[:3]) or "no data"
    colour = _colour(panel, values[0]) if values else "#8e96a4"
    size = 22 if len(shown) < 12 else 14
    yield _text(width / 2, height / 2 + 14, shown, size=size, colour=colour, anchor="middle")


def _colour(panel: Panel, value: float) -> str:
    reached = [threshold.colour for threshold in panel.thresholds if value >= threshold.value]
    return {"orange": "#ff9830", "red": "#e02f44"}.get(reached[-1] if reached else "", "#37872d")


def _chart(panel: Panel, series: Sequence[Series], width: int, height: int) -> Iterator[str]:
    left, top, right, bottom = 52, 28, width - 10, height - 26
    times = [time for _, points in series for time, _ in points]
    highest = max((value for _, points in series for _, value in points), default=0.0) or 1.0
    for share in (0.0, 0.5, 1.0):
        at = bottom - share * (bottom - top)
        yield f'<path d="M{left} {at:.1f}H{right}" stroke="#e6e9ef"/>'
        yield _text(left - 5, at + 4, as_quantity(share * highest, panel.unit), size=9, anchor="end")
    begin, span = min(times, default=0.0), max(max(times, default=0.0) - min(times, default=0.0), 1.0)
    for number, (_, points) in enumerate(series):
        path = " ".join(
            f"{left + (time - begin) / span * (right - left):.0f},{bottom - value / highest * (bottom - top):.1f}"
            for time, value in points
        )
        yield f'<polyline points="{path}" fill="none" stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="1.4"/>'
    yield from _legend(series, width, height)


def _legend(series: Sequence[Series], width: int, height: int) -> Iterator[str]:
    """The names of as many series as there is room for."""
    at = 8
    for number, (name, _) in enumerate(series):
        if at + 70 + LEGEND_CHARACTER * len(name) > width:
            yield _text(at, height - 9, f"and {len(series) - number} more", size=9)
            return
        yield f'<rect x="{at}" y="{height - 14}" width="8" height="3" fill="{COLOURS[number % len(COLOURS)]}"/>'
        yield _text(at + 12, height - 9, name, size=9)
        at += 22 + LEGEND_CHARACTER * len(name)


def _text(
    x: float, y: float, text: str, *, size: int, colour: str = "#2b3038", weight: str = "normal", anchor: str = "start"
) -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{colour}" font-weight="{weight}" text-anchor="{anchor}"'
    return f"<text {place}>{escape(text)}</text>"


def as_quantity(value: float, unit: str) -> str:
    """A value with its unit, in as few characters as a person needs."""
    if not math.isfinite(value):
        return "none"
    match unit:
        case "percentunit":
            return f"{value:.1%}"
        case "s":
            return f"{value * 1000:.0f} ms" if 0 < value < 1 else f"{value:.1f} s"
        case "bytes":
            return f"{value / 1024 / 1024:.1f} MiB"
        case "currencyUSD":
            return f"${value:.3f}"
        case _:
            return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"
