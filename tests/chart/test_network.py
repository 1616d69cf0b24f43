"""Nothing is reached that a policy does not name."""

from ipaddress import ip_address, ip_network
from typing import cast

import pytest

from tests.chart.cases import DEVELOPMENT, EVERYTHING
from tests.chart.rendering import SCRIBE_DEV, SERVICES, WORKERS, Object, Render, part, render, with_least

FORBIDDEN = (
    "10.1.2.3",
    "169.254.169.254",
    "172.20.0.1",
    "192.168.1.1",
    "100.100.100.200",
    "127.0.0.1",
    "168.63.129.16",
    "fd00:ec2::254",
    "fe80::1",
    "::1",
    "2002:a00:1::1",
)


def egress(found: Render, service: str) -> list[Object]:
    """The rules of a service's policy."""
    return cast("list[Object]", part(found.one("NetworkPolicy", f"scribe-{service}"), "spec", "egress"))


def reaches(rules: list[Object], address: str, port: int) -> bool:
    """Whether a rule with an address block lets this through."""
    for rule in rules:
        if port not in [item["port"] for item in cast("list[Object]", rule["ports"])]:
            continue
        for peer in cast("list[Object]", rule["to"]):
            block = cast("Object", peer.get("ipBlock", {"cidr": "255.255.255.255/32"}))
            inside = ip_address(address) in ip_network(str(block["cidr"]))
            excepted = cast("list[str]", block.get("except", []))
            if inside and not any(ip_address(address) in ip_network(part) for part in excepted):
                return True
    return False


def test_all_pods_are_denied_everything_but_names() -> None:
    policy = cast("Object", render().one("NetworkPolicy", "scribe")["spec"])
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policy
    assert part(policy, "podSelector", "matchLabels", "app.kubernetes.io/name") == "scribe"
    assert [part(rule, "ports", 0, "port") for rule in cast("list[Object]", policy["egress"])] == [53]


@pytest.mark.parametrize("address", FORBIDDEN)
@pytest.mark.parametrize("service", SERVICES)
def test_internet_does_not_include_private_ranges(service: str, address: str) -> None:
    rules = egress(render(), service)
    assert reaches(rules, "93.184.216.34", 443)
    assert reaches(rules, "2606:2800:220:1::1", 443)
    assert not reaches(rules, address, 443)
    assert not reaches(rules, address, 80)


@pytest.mark.parametrize("service", SERVICES)
def test_only_what_fetches_pages_goes_to_port_80(service: str) -> None:
    assert reaches(egress(render(), service), "93.184.216.34", 80) == (service in ("gateway", "scraper"))


@pytest.mark.parametrize("service", SERVICES)
def test_only_what_uses_the_database_reaches_it(service: str) -> None:
    ports = {item["port"] for rule in egress(render(), service) for item in cast("list[Object]", rule["ports"])}
    assert (5432 in ports) == (service in ("gateway", "composer"))
    assert 4222 in ports


def test_public_addresses_of_a_cluster_can_be_kept_from() -> None:
    ranges = ["10.0.0.0/8", "2600:1f18::/32"]
    rules = egress(render(with_least({"networkPolicy": {"privateRanges": ranges}})), "scraper")
    assert not reaches(rules, "2600:1f18::1", 443)
    assert reaches(rules, "2606:2800:220:1::1", 443)


def test_servers_outside_are_reached_by_address_and_port() -> None:
    outside = [{"ipBlock": {"cidr": "203.0.113.7/32"}}]
    supabase = [{"ipBlock": {"cidr": "2600:1f18::1/128"}}]
    found = render(with_least({"networkPolicy": {"natsTo": outside, "natsPorts": [4443], "databaseTo": supabase}}))
    for name in (*SERVICES, "setup"):
        assert reaches(egress(found, name), "203.0.113.7", 4443)
    assert reaches(egress(found, "setup"), "2600:1f18::1", 5432), "Supabase's own address is of IPv6"
    assert not reaches(egress(found, "setup"), "2600:1f18::2", 5432)


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        ("https://otlp.example.org", 443),
        ("https://otlp.example.org:4318/base", 4318),
        ("https://{{ .Release.Name }}.org:4317", 4317),
    ],
)
def test_traces_over_https_find_their_way_out(endpoint: str, port: int) -> None:
    rules = egress(render(with_least({"telemetry": {"endpoint": endpoint}})), "parser")
    assert reaches(rules, "93.184.216.34", port)
    assert not reaches(rules, "10.1.2.3", port)


def test_traces_to_named_pods_use_the_endpoints_port_or_the_given_one() -> None:
    collector: dict[str, object] = {"telemetryTo": [{"namespaceSelector": {}}]}
    telemetry = {"endpoint": "http://collector.monitoring:4318"}
    for given, port in ((0, 4318), (4319, 4319)):
        policy = {**collector, "telemetryPort": given}
        rules = egress(render(with_least({"telemetry": telemetry, "networkPolicy": policy})), "parser")
        assert {"to": [{"namespaceSelector": {}}], "ports": [{"port": port}]} in rules


@pytest.mark.parametrize("service", WORKERS)
def test_workers_answer_the_monitoring_only(service: str) -> None:
    rules = cast("list[Object]", part(render().one("NetworkPolicy", f"scribe-{service}"), "spec", "ingress"))
    assert [part(rule, "ports", 0, "port") for rule in rules] == [8080]
    selector = part(rules, 0, "from", 0, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name")
    assert selector == "monitoring"


def test_gateway_behind_named_peers_still_answers_monitoring_and_test() -> None:
    policy = render(EVERYTHING).one("NetworkPolicy", "scribe-gateway")
    requests, metrics = cast("list[Object]", part(policy, "spec", "ingress"))
    assert (part(requests, "ports"), len(cast("list[Object]", requests["from"]))) == ([{"port": 8000}], 2)
    assert part(metrics, "ports") == [{"port": 8080}]
    assert metrics["from"] == part(render().one("NetworkPolicy", "scribe-parser"), "spec", "ingress", 0, "from")


def test_no_service_ingress_or_route_leads_to_the_metrics() -> None:
    found = render(EVERYTHING)
    assert [
        part(port, "targetPort") for port in cast("list[Object]", part(found.one("Service", ""), "spec", "ports"))
    ] == ["http"]
    endpoints = cast("list[Object]", part(found.one("PodMonitor", ""), "spec", "podMetricsEndpoints"))
    assert [endpoint["port"] for endpoint in endpoints] == ["probes"]


def test_development_servers_let_in_only_the_pods_that_need_them() -> None:
    found = render({}, chart=SCRIBE_DEV)
    allowed = {
        name: part(found.one("NetworkPolicy", f"-{name}"), "spec", "ingress", 0, "from", 0, "podSelector")
        for name in ("postgres", "nats", "fakes")
    }
    named = {name: part(selector, "matchExpressions", 0, "values") for name, selector in allowed.items()}
    assert named["postgres"] == ["gateway", "composer", "setup"]
    assert named["nats"] == [*SERVICES, "setup"]
    assert named["fakes"] == [*SERVICES, "test"]


def test_development_values_narrow_the_database_to_its_pod() -> None:
    assert not reaches(egress(render(DEVELOPMENT), "composer"), "93.184.216.34", 5432)
