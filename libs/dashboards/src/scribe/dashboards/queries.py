"""The PromQL that several panels share.

Every selector is narrowed to the dashboard's `$namespace`, and every sum keeps the namespaces apart.
"""

from scribe.dashboards.grafana import Query

RATE = "$__rate_interval"
_NAMESPACE = 'namespace=~"$namespace"'


def selected(metric: str, matchers: str = "") -> str:
    """The series of `metric` in the chosen namespaces; `matchers` as in PromQL."""
    return f"{metric}{{{', '.join(filter(None, (_NAMESPACE, matchers)))}}}"


def rate(metric: str, by: str = "", matchers: str = "", window: str = RATE) -> str:
    """The sum of the per-second rates of a counter over all processes, by these labels."""
    return f"sum{_by(by)} (rate({selected(metric, matchers)}[{window}]))"


def increase(metric: str, window: str, by: str = "", matchers: str = "") -> str:
    """By how much a counter grew, over all processes."""
    return f"sum{_by(by)} (increase({selected(metric, matchers)}[{window}]))"


def highest(metric: str, by: str = "", matchers: str = "") -> str:
    """The greatest of what the processes say: for gauges that every replica of the gateway shows alike."""
    return f"max{_by(by)} ({selected(metric, matchers)})"


def total(metric: str, by: str = "", matchers: str = "") -> str:
    """The sum of a gauge over all processes."""
    return f"sum{_by(by)} ({selected(metric, matchers)})"


def quantile(share: float, histogram: str, by: str = "", matchers: str = "", window: str = RATE) -> str:
    """A quantile of a histogram."""
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share:g}, {rate(f'{histogram}_bucket', labels, matchers, window)})"


def quantiles(*shares: float, histogram: str, by: str = "", matchers: str = "") -> tuple[Query, ...]:
    """Several quantiles of a histogram, each named by its share: `p95`."""
    series = f"{{{{{by}}}}} " if by else ""
    return tuple(Query(quantile(share, histogram, by, matchers), f"{series}p{100 * share:.0f}") for share in shares)


def share(part: str, whole: str) -> str:
    """`part` of `whole`; NaN while there is nothing."""
    return f"{part} / {whole}"


def age(timestamp: str, by: str, matchers: str = "") -> str:
    """Seconds since the latest of the timestamps."""
    return f"time() - {highest(timestamp, by, matchers)}"


def failed_calls() -> Query:
    """The share of calls to each upstream that failed."""
    failed = rate("scribe_upstream_calls_total", "upstream", 'outcome!~"2..|3..|404"')
    return Query(share(failed, rate("scribe_upstream_calls_total", "upstream")), "{{upstream}}")


def _by(labels: str) -> str:
    return f" by ({', '.join(filter(None, ('namespace', labels)))})"
