"""A Prometheus in the namespace: it scrapes what the PodMonitor selects, and evaluates the PrometheusRules."""

import json
import os
from collections.abc import Mapping
from typing import Any, cast

import yaml

from tests.cluster.cluster import NAMESPACE, kubectl, objects, start_pod

IMAGE = os.environ.get("SCRIBE_CLUSTER_PROMETHEUS") or "prom/prometheus:v3.5.0"
"""An image with `prometheus` and `promtool`; tests/cluster/Dockerfile makes one from Debian's."""
INTERVAL = "2s"


def start() -> None:
    """Start it on the pods that are there now; it is there when it is ready."""
    files = {"prometheus.yml": yaml.safe_dump(_configuration()), "rules.yml": yaml.safe_dump({"groups": _groups()})}
    start_pod("prometheus", IMAGE, files)


def ask(expression: str) -> list[Mapping[str, str]]:
    """The labels of each sample that an expression gives now."""
    command = ("promtool", "query", "instant", "--format", "json", "http://127.0.0.1:9090", expression)
    answer = json.loads(kubectl("exec", "prometheus", "--", *command))
    return [sample["metric"] for sample in answer]


def is_firing(alert: str) -> bool:
    """Whether an alert fires."""
    return bool(ask(f'ALERTS{{alertname="{alert}", alertstate="firing"}}'))


def _configuration() -> dict[str, object]:
    (monitor,) = objects("podmonitor")
    return {
        "global": {"scrape_interval": INTERVAL, "scrape_timeout": INTERVAL, "evaluation_interval": INTERVAL},
        "rule_files": ["/etc/scribe/rules.yml"],
        "scrape_configs": [{"job_name": "pods", "static_configs": _targets(monitor["spec"])}],
    }


def _targets(monitor: Mapping[str, Any]) -> list[dict[str, object]]:
    """The port of that name of every pod that is selected, with the labels that the operator gives."""
    labels = monitor["selector"]["matchLabels"]
    (expression,) = monitor["selector"]["matchExpressions"]
    selector = ",".join([*(f"{key}={value}" for key, value in labels.items()), _in(expression)])
    (endpoint,) = monitor["podMetricsEndpoints"]
    return [
        {"targets": [f"{pod['status']['podIP']}:{port}"], "labels": _labels(pod, monitor["jobLabel"])}
        for pod in objects("pod", selector)
        if pod["status"].get("podIP") and "deletionTimestamp" not in pod["metadata"]
        for port in [_port(pod, endpoint["port"])]
        if port
    ]


def _in(expression: Mapping[str, Any]) -> str:
    return f"{expression['key']} in ({','.join(expression['values'])})"


def _port(pod: Mapping[str, Any], name: str) -> int | None:
    ports = [port for container in pod["spec"]["containers"] for port in container.get("ports", ())]
    return next((port["containerPort"] for port in ports if port["name"] == name), None)


def _labels(pod: Mapping[str, Any], job: str) -> dict[str, str]:
    return {"namespace": NAMESPACE, "pod": pod["metadata"]["name"], "job": pod["metadata"]["labels"][job]}


def _groups() -> list[object]:
    return [group for rule in objects("prometheusrule") for group in cast("list[object]", rule["spec"]["groups"])]
