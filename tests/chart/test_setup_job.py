"""The schema and the streams come first, and neither Helm nor a GitOps controller gets stuck over it."""

from typing import cast

from tests.chart.cases import EVERY_POD
from tests.chart.rendering import LEAST, Object, Render, part, render, with_least


def job_name(values: dict[str, object], revision: int = 1) -> object:
    """The Job's name with these values."""
    return part(render(with_least(values), revision=revision).one("Job"), "metadata", "name")


def test_setup_is_an_ordinary_object_that_nothing_waits_for_but_pods() -> None:
    job = render().one("Job")
    assert part(job, "metadata", "annotations") is None
    commands = [(item.get("command"), item.get("args")) for item in _containers(job)]
    assert commands == [(None, ["upgrade"]), (["python", "-m", "scribe.common.messaging.provision"], None)]


def test_job_is_never_changed_but_made_anew() -> None:
    assert job_name({}) == job_name({})
    assert job_name({}) != job_name({}, revision=2)
    assert job_name({}) != job_name({"image": {"tag": "2.0.0"}})
    assert job_name({}) != job_name({"nats": {"streamReplicas": 3}})


def test_only_what_uses_the_database_waits_for_the_schema() -> None:
    found = render()
    waiting = {
        service: [part(container, "args") for container in cast("list[Object]", found.pod(service)["initContainers"])]
        for service in ("gateway", "parser", "scraper", "arxiv", "composer")
        if "initContainers" in found.pod(service)
    }
    assert waiting == {service: [["wait", "--timeout", "600"]] for service in ("gateway", "composer")}


def test_direct_url_is_for_migrations_only() -> None:
    found = render()
    seen = [
        service for service in ("gateway", "composer") if "SCRIBE_MIGRATIONS_DATABASE_URL" in found.environment(service)
    ]
    assert seen == []
    variables = cast("list[Object]", part(_containers(found.one("Job")), 0, "env"))
    assert "SCRIBE_MIGRATIONS_DATABASE_URL" in [variable["name"] for variable in variables]


def test_hook_runs_before_anything_of_the_chart_is_there() -> None:
    job = render(with_least({"migrations": {"mode": "hook"}})).one("Job")
    assert part(job, "metadata", "annotations", "helm.sh/hook") == "pre-install,pre-upgrade"
    spec = cast("Object", part(job, "spec", "template", "spec"))
    assert "serviceAccountName" not in spec
    references = [part(variable, "valueFrom", "secretKeyRef", "name") for variable in _variables(job)]
    assert {name for name in references if name} == {"scribe-secrets"}
    assert all("envFrom" not in container for container in _containers(job))


def test_hook_needs_no_more_than_a_secret_that_is_there_before() -> None:
    given = {"from": {"SCRIBE_DATABASE_URL": {"name": "db-app", "key": "uri"}}}
    assert render({**LEAST, "secrets": given, "migrations": {"mode": "hook"}}).one("Job")


def test_hook_has_one_name_so_that_a_failed_one_is_replaced() -> None:
    hook: dict[str, object] = {"migrations": {"mode": "hook"}}
    assert job_name(hook) == job_name(hook, revision=2) == "scribe-setup"


def test_hook_takes_an_account_that_is_there_before() -> None:
    given = {"migrations": {"mode": "hook"}, "serviceAccount": {"create": False, "name": "own"}}
    assert _setup(render(with_least(given)))["serviceAccountName"] == "own"


def test_pods_that_failed_stay_with_their_logs() -> None:
    assert _setup(render())["restartPolicy"] == "Never"


def test_setup_and_what_waits_for_it_run_where_the_services_do() -> None:
    found = render(with_least({"defaults": EVERY_POD, "migrations": {"podAnnotations": {"mesh": "off"}}}))
    waiting, parser = cast("list[Object]", found.pod("composer")["initContainers"]), found.pod("parser")
    for container in (*_containers(found.one("Job")), *waiting):
        assert part(container, "volumeMounts", 1, "mountPath") == "/etc/ca"
        assert EVERY_POD["extraEnv"][0] in cast("list[object]", container["env"])
        assert container["envFrom"] == EVERY_POD["extraEnvFrom"]
    for pod in (_setup(found), cast("Object", found.one("Pod")["spec"])):
        for key in ("nodeSelector", "tolerations", "affinity", "priorityClassName", "runtimeClassName"):
            assert pod[key] == parser[key] == EVERY_POD[key]
    template = part(found.one("Job"), "spec", "template", "metadata")
    assert part(template, "annotations") == {"team": "mail", "mesh": "off"}
    assert EVERY_POD["extraEgress"][0] in cast(
        "list[object]", part(found.one("NetworkPolicy", "-setup"), "spec", "egress")
    )


def test_mode_none_leaves_out_the_job_and_the_waiting() -> None:
    found = render(with_least({"migrations": {"mode": "none"}}))
    assert found.all("Job") == []
    assert "initContainers" not in found.pod("gateway")


def test_database_url_may_come_from_another_secret() -> None:
    values = {**LEAST, "secrets": {"from": {"SCRIBE_DATABASE_URL": {"name": "db-app", "key": "uri"}}}}
    found = render(values)
    reference = {"name": "db-app", "key": "uri"}
    assert part(found.environment("gateway")["SCRIBE_DATABASE_URL"], "valueFrom", "secretKeyRef") == reference
    assert part(found.environment("parser")["ANTHROPIC_API_KEY"], "valueFrom", "secretKeyRef", "name") == "scribe"


def _setup(found: Render) -> Object:
    return cast("Object", part(found.one("Job"), "spec", "template", "spec"))


def _containers(job: Object) -> list[Object]:
    return cast("list[Object]", part(job, "spec", "template", "spec", "containers"))


def _variables(job: Object) -> list[Object]:
    return [variable for item in _containers(job) for variable in cast("list[Object]", item["env"])]
