"""The ways in, and what the monitoring sees."""

import json
from typing import cast

from tests.chart.cases import CASES, EVERYTHING
from tests.chart.rendering import SCRIBE, SERVICES, Object, Values, part, render, with_least


def test_ingress_and_route_lead_to_the_service() -> None:
    found = render(EVERYTHING)
    backend = part(found.one("Ingress"), "spec", "rules", 0, "http", "paths", 0, "backend", "service")
    assert backend == {"name": "scribe", "port": {"name": "http"}}
    rule = cast("Object", part(found.one("HTTPRoute"), "spec", "rules", 0))
    assert part(rule, "backendRefs", 0) == {"name": "scribe", "port": 80}
    assert rule["timeouts"] == {"request": "0s"}, "event streams stay open"


def test_service_leads_to_gateways_only() -> None:
    service = render().one("Service")
    assert part(service, "spec", "selector", "app.kubernetes.io/component") == "gateway"


def test_monitor_scrapes_every_service_and_no_job() -> None:
    monitor = render(EVERYTHING).one("PodMonitor")
    assert part(monitor, "spec", "selector", "matchExpressions", 0, "values") == sorted(SERVICES)
    assert part(monitor, "metadata", "labels", "release") == "prometheus"


def test_service_monitor_names_jobs_as_the_pod_monitor_does() -> None:
    found = render(CASES["service-monitor"])
    service = found.one("Service", "-metrics")
    assert part(service, "spec", "clusterIP") == "None"
    monitor = cast("Object", found.one("ServiceMonitor")["spec"])
    wanted = cast("Object", part(monitor, "selector", "matchLabels"))
    assert wanted.items() <= cast("Object", part(service, "metadata", "labels")).items()
    endpoint = cast("Object", part(monitor, "endpoints", 0))
    assert endpoint["port"] == part(service, "spec", "ports", 0, "name")
    assert (endpoint["interval"], endpoint["scrapeTimeout"]) == ("15s", "5s")
    jobs, own = cast("list[Object]", endpoint["relabelings"])
    assert jobs["targetLabel"] == "job"
    assert own["action"] == "labeldrop"


def test_dashboards_go_where_grafana_looks() -> None:
    place = {"enabled": True, "namespace": "monitoring", "folder": "Mail", "annotations": {"team": "mail"}}
    found = render(with_least({"dashboards": place})).one("ConfigMap", "-dashboard-overview")
    assert part(found, "metadata", "namespace") == "monitoring"
    assert part(found, "metadata", "annotations") == {"grafana_folder": "Mail", "team": "mail"}


def notes(values: Values) -> str:
    return next(text for path, text in render(values).documents.items() if path.endswith("NOTES.txt"))


def test_notes_say_https_only_where_there_is_a_certificate() -> None:
    hosts = {
        "enabled": True,
        "hosts": ["a.acme.org", "b.acme.org"],
        "tls": [{"hosts": ["a.acme.org"], "secretName": "a"}],
    }
    text = notes(with_least({"ingress": hosts}))
    assert "https://a.acme.org/" in text
    assert "http://b.acme.org/" in text


def test_every_alert_file_becomes_a_rule_whose_runbook_is_a_link() -> None:
    rules = render(EVERYTHING).all("PrometheusRule")
    assert len(rules) == len(list((SCRIBE / "files/alerts").glob("*.yaml")))
    links = [
        str(part(rule, "annotations", "runbook_url"))
        for item in rules
        for group in cast("list[Object]", part(item, "spec", "groups"))
        for rule in cast("list[Object]", group["rules"])
        if "alert" in rule
    ]
    assert links
    assert all(link.startswith("https://wiki.acme.org/docs/runbooks/") for link in links)


def test_dashboards_arrive_in_grafana_as_they_were_made() -> None:
    found = render(EVERYTHING).all("ConfigMap")
    boards = {
        name: json.loads(text)
        for item in found
        if part(item, "metadata", "labels", "grafana_dashboard") == "1"
        for name, text in cast("dict[str, str]", item["data"]).items()
    }
    made = {path.name: json.loads(path.read_text()) for path in (SCRIBE / "files/dashboards").glob("*.json")}
    assert boards == made


def test_helm_test_runs_the_gateways_image() -> None:
    found = render(EVERYTHING)
    pod = found.one("Pod")
    assert part(pod, "metadata", "annotations", "helm.sh/hook") == "test"
    assert part(pod, "spec", "containers", 0, "image") == found.container("gateway")["image"]
