"""PromQL that several alerts share, and what they have in common with the dashboards.

Gauges that every replica of the gateway shows alike are read with `max`. Each namespace is looked at by itself: one
installation that is well must not hide another that is not.
"""

STEPS = 'stream="PIPELINE", consumer!="projector"'
"""The consumers of the steps."""
PROJECTOR = 'consumer="projector"'
FAILED = 'outcome!~"2..|3..|404"'
"""The calls to outside services that count as failed."""


def highest(series: str, by: str = "") -> str:
    """The greatest of what the processes say of a gauge."""
    return f"max by ({_labels(by)}) ({series})"


def growth(counter: str, window: str, by: str = "") -> str:
    """By how much a counter grew over all processes."""
    return f"sum by ({_labels(by)}) (increase({counter}[{window}]))"


def fullness(stream: str) -> str:
    """The share of a stream's size that is used."""
    stored, limit = (f'scribe_stream_{name}{{stream="{stream}"}}' for name in ("bytes", "limit_bytes"))
    return f"{highest(stored, 'stream')} / {highest(limit, 'stream')}"


def _labels(by: str) -> str:
    return f"namespace, {by}" if by else "namespace"
