"""What every pod of the chart promises: time to finish, few rights, and the numbers that the services read."""

from typing import cast

import pytest

from scribe.common.tasks.route import ROUTE
from scribe.common.worker.settings import WorkerSettings
from tests.chart.cases import CASES, EVERYTHING
from tests.chart.rendering import SCRIBE_DEV, SERVICES, WORKERS, Object, Render, part, render, with_least


def pods(found: Render) -> list[Object]:
    """Every pod's spec, whatever makes it."""
    made = [part(item, "spec", "template", "spec") for kind in ("Deployment", "Job") for item in found.all(kind)]
    return [cast("Object", spec) for spec in [*made, *(item["spec"] for item in found.all("Pod"))]]


def containers(found: Render) -> list[Object]:
    """Every container, those that run first included, but not the user's own."""
    lists = [
        cast("list[Object]", spec.get(key, [])) for spec in pods(found) for key in ("initContainers", "containers")
    ]
    return [container for containers in lists for container in containers if container["name"] != "beside"]


@pytest.mark.parametrize("service", WORKERS)
def test_pod_outlives_its_longest_step(service: str) -> None:
    found = render(with_least({"services": {service: {"stepDeadline": 47.5}}}))
    settings = WorkerSettings(step_deadline=47.5)
    assert found.value(service, "SCRIBE_STEP_DEADLINE") == "47.5"
    assert found.pod(service)["terminationGracePeriodSeconds"] == 48 + 15 + 10
    assert cast("float", found.pod(service)["terminationGracePeriodSeconds"]) > settings.shutdown_grace


def test_slots_follow_from_concurrency_and_pods() -> None:
    found = render(EVERYTHING)
    assert found.value("parser", "SCRIBE_CONCURRENCY") == "32"
    assert found.value("arxiv", "SCRIBE_MAX_REPLICAS") == "3"
    assert found.value("gateway", "SCRIBE_STEP_CONCURRENCY") == str(6 * 64)
    assert found.value("gateway", "SCRIBE_IN_FLIGHT") == str(6 * 32 + 6 * 64 + 3 * 16 + 6 * 40)
    fixed = render(with_least({"services": {"arxiv": {"replicas": 2}, "gateway": {"env": {"SCRIBE_IN_FLIGHT": 64}}}}))
    assert fixed.value("gateway", "SCRIBE_IN_FLIGHT") == "64"
    assert fixed.value("arxiv", "SCRIBE_MAX_REPLICAS") == "2"


@pytest.mark.parametrize("service", SERVICES)
def test_what_scales_a_service_is_one_thing(service: str) -> None:
    for scaling in ("none", "hpa", "keda"):
        if (service, scaling) == ("gateway", "keda"):
            continue
        found = render(with_least({"services": {service: {"autoscaling": {"type": scaling}}}}))
        deployment = found.one("Deployment", f"-{service}")
        scalers = [item["kind"] for kind in ("HorizontalPodAutoscaler", "ScaledObject") for item in found.all(kind)]
        assert ("replicas" in cast("Object", deployment["spec"])) == (scaling == "none")
        assert scalers == {"none": [], "hpa": ["HorizontalPodAutoscaler"], "keda": ["ScaledObject"]}[scaling]


@pytest.mark.parametrize("service", WORKERS)
def test_step_scales_on_its_own_lag(service: str) -> None:
    found = render(with_least({"services": {service: {"autoscaling": {"type": "keda"}}}})).one("ScaledObject")
    trigger = cast("Object", part(found, "spec", "triggers", 0, "metadata"))
    assert (trigger["stream"], trigger["consumer"]) == ("PIPELINE", service)
    assert int(str(trigger["lagThreshold"])) == ROUTE.named(service).concurrency * 3 // 2
    assert trigger["natsServerMonitoringEndpoint"] == "nats.nats:8222"
    assert part(found, "spec", "fallback") == {"failureThreshold": 3, "replicas": 2}


def test_every_container_is_restricted() -> None:
    for container in containers(render(EVERYTHING)):
        context = cast("Object", container["securityContext"])
        assert context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert part(context, "capabilities", "drop") == ["ALL"]


def test_every_pod_is_without_root_and_token() -> None:
    development = render({}, chart=SCRIBE_DEV).all("StatefulSet")
    specs = [cast("Object", part(item, "spec", "template", "spec")) for item in development]
    for spec in [*pods(render(EVERYTHING)), *specs]:
        assert spec["automountServiceAccountToken"] is False
        assert part(spec, "securityContext", "runAsNonRoot") is True
        assert part(spec, "securityContext", "seccompProfile", "type") == "RuntimeDefault"


def test_every_container_may_write_to_tmp_and_has_a_memory_limit() -> None:
    for container in containers(render()):
        mounts = cast("list[Object]", container["volumeMounts"])
        assert "/tmp" in [mount["mountPath"] for mount in mounts]
        assert part(container, "resources", "limits", "memory")


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_pod_writes_does_not_fill_the_node(service: str) -> None:
    found = render(with_least({"services": {"scraper": {"tmpSizeLimit": "2Gi"}}}))
    limit = "2Gi" if service == "scraper" else "1Gi"
    assert part(found.pod(service), "volumes", 0) == {"name": "tmp", "emptyDir": {"sizeLimit": limit}}


def test_scraper_alone_has_shared_memory() -> None:
    found = render()
    volumes = {
        service: {str(volume["name"]): volume for volume in cast("list[Object]", found.pod(service)["volumes"])}
        for service in SERVICES
    }
    assert [service for service in SERVICES if "shared-memory" in volumes[service]] == ["scraper"]
    memory = {"medium": "Memory", "sizeLimit": "256Mi"}
    assert volumes["scraper"]["shared-memory"]["emptyDir"] == memory


@pytest.mark.parametrize("service", SERVICES)
def test_probes_ask_the_service_itself(service: str) -> None:
    container = render().container(service)
    paths = [part(container, probe, "httpGet", "path") for probe in ("startupProbe", "livenessProbe", "readinessProbe")]
    assert paths == ["/livez", "/livez", "/readyz"]
    assert {part(container, probe, "httpGet", "port") for probe in ("livenessProbe", "readinessProbe")} == {"probes"}
    ports = cast("list[Object]", container["ports"])
    assert ports[-1] == {"name": "probes", "containerPort": 8080}
    setting = "SCRIBE_PROBE_PORT" if service == "gateway" else "SCRIBE_PORT"
    assert render().value(service, setting) == "8080"


@pytest.mark.parametrize("service", SERVICES)
def test_one_pod_may_be_evicted_at_a_time(service: str) -> None:
    budget = render().one("PodDisruptionBudget", f"-{service}")
    assert part(budget, "spec", "maxUnavailable") == 1
    assert part(budget, "spec", "unhealthyPodEvictionPolicy") == "AlwaysAllow"
    assert part(budget, "spec", "selector", "matchLabels", "app.kubernetes.io/component") == service


def test_false_over_a_default_of_true_is_kept() -> None:
    found = render(with_least({"services": {"arxiv": {"pdb": {"enabled": False}}}}))
    assert len(found.all("PodDisruptionBudget")) == len(SERVICES) - 1


def test_image_is_named_by_digest_before_tag() -> None:
    found = render(EVERYTHING)
    assert found.container("gateway")["image"] == f"ghcr.io/acme/scribe-gateway@sha256:{'ab' * 32}"
    assert found.container("parser")["image"] == "ghcr.io/acme/scribe-parser:1.2.3"
    assert render().container("parser")["image"] == "scribe-parser:0.1.0"


def test_numbers_are_taken_for_tag_and_revision() -> None:
    found = render(with_least({"image": {"tag": 20261126}, "secrets": {"revision": 2}}))
    assert found.container("parser")["image"] == "scribe-parser:20261126"
    text = render(with_least({"image": {"tag": "20261126"}, "secrets": {"revision": "2"}}))
    assert text.one("Deployment", "-parser") == found.one("Deployment", "-parser")


def test_a_chart_above_names_registry_and_pull_secrets_for_all() -> None:
    shared = {"imageRegistry": "mirror.acme.org/scribe/", "imagePullSecrets": ["mirror", {"name": "other"}]}
    found = render(with_least({"global": shared, "image": {"pullSecrets": ["own"]}}))
    assert found.container("parser")["image"] == "mirror.acme.org/scribe/scribe-parser:0.1.0"
    secrets = [{"name": "own"}, {"name": "mirror"}, {"name": "other"}]
    assert all(spec["imagePullSecrets"] == secrets for spec in pods(found))
    nearer = render(with_least({"global": shared, "image": {"registry": "ghcr.io/acme"}}))
    assert nearer.container("parser")["image"] == "ghcr.io/acme/scribe-parser:0.1.0"


def test_servers_for_trials_come_from_a_registry_without_the_internet() -> None:
    found = render(
        {"registry": "registry.internal/scribe/", "pullSecrets": ["mirror"], "fakes": {"tag": 3}}, chart=SCRIBE_DEV
    )
    specs = [cast("Object", part(item, "spec", "template", "spec")) for item in found.all("StatefulSet")]
    assert [spec["imagePullSecrets"] for spec in specs] == [[{"name": "mirror"}]] * 3
    images = {part(spec, "containers", 0, "image") for spec in specs}
    assert "registry.internal/scribe/scribe-fakes:3" in images


def test_traces_name_the_version_of_their_own_image() -> None:
    telemetry = {"telemetry": {"endpoint": "https://collector.example.org"}, "image": {"tag": "1.2.3"}}
    found = render(with_least({**telemetry, "services": {"parser": {"image": {"tag": "1.2.4"}}}}))
    assert str(found.value("parser", "OTEL_RESOURCE_ATTRIBUTES")).endswith("service.version=1.2.4")
    assert str(found.value("composer", "OTEL_RESOURCE_ATTRIBUTES")).endswith("service.version=1.2.3")


def test_probes_keep_what_is_not_changed_and_hooks_and_strategy_are_replaced() -> None:
    found = render(CASES["own-lifecycle"])
    container = found.container("gateway")
    assert part(container, "startupProbe", "failureThreshold") == 300
    assert part(container, "startupProbe", "httpGet", "path") == "/livez"
    assert container["lifecycle"] == {"preStop": {"sleep": {"seconds": 20}}}
    assert part(found.one("Deployment", "-gateway"), "spec", "strategy") == {"type": "Recreate"}


@pytest.mark.parametrize(("service", "first"), [("gateway", ["wait-for-schema", "first"]), ("parser", ["first"])])
def test_own_init_containers_run_after_the_charts(service: str, first: list[str]) -> None:
    runs = cast("list[Object]", render(CASES["own-lifecycle"]).pod(service)["initContainers"])
    assert [container["name"] for container in runs] == first


def test_budget_counts_those_that_stay_where_it_is_told() -> None:
    budget = cast("Object", render(CASES["own-lifecycle"]).one("PodDisruptionBudget", "-parser")["spec"])
    assert budget["minAvailable"] == "50%"
    assert "maxUnavailable" not in budget


def test_gateway_scales_by_memory_alone() -> None:
    metrics = cast(
        "list[Object]", part(render(CASES["memory-scaling"]).all("HorizontalPodAutoscaler")[0], "spec", "metrics")
    )
    assert [part(metric, "resource", "name") for metric in metrics] == ["memory"]


def test_change_of_shared_settings_or_secrets_restarts_every_pod() -> None:
    def marks(values: dict[str, object]) -> set[object]:
        found = render(with_least(values))
        return {str(part(item, "spec", "template", "metadata", "annotations")) for item in found.all("Deployment")}

    first = marks({})
    assert not first & marks({"config": {"SCRIBE_LOG_LEVEL": "debug"}})
    assert not first & marks({"secrets": {"revision": "2"}})
    assert first == marks({})
