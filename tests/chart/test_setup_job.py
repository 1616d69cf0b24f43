"""The schema and the streams come first, and neither Helm nor a GitOps controller gets stuck over it."""

from typing import cast

from tests.chart.cases import EVERY_POD
from tests.chart.rendering import LEAST, SERVICES, Object, Render, Secret, part, render, secrets_of, with_least


def job_name(values: dict[str, object], revision: int = 1) -> object:
    """The Job's name with these values."""
    return part(render(with_least(values), revision=revision).one("Job"), "metadata", "name")


def test_setup_is_an_ordinary_object_that_nothing_waits_for_but_pods() -> None:
    job = render().one("Job")
    assert part(job, "metadata", "annotations") is None
    commands = [(item.get("command"), item.get("args")) for item in _containers(job)]
    provision = ["tini", "--", "python", "-m", "scribe.common.messaging.provision"]
    assert commands == [(None, ["upgrade"]), (provision, None)]


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
    urls = {service: {key for key in found.secrets(service) if "DATABASE" in key} for service in SERVICES}
    assert {service: keys for service, keys in urls.items() if keys} == {
        "gateway": {"SCRIBE_DATABASE_URL", "SCRIBE_USERS_DATABASE_URL"},
        "composer": {"SCRIBE_COMPOSER_DATABASE_URL"},
    }
    assert "SCRIBE_MIGRATIONS_DATABASE_URL" in secrets_of(_setup(found))


def test_hook_runs_before_anything_of_the_chart_is_there() -> None:
    job = render(with_least({"migrations": {"mode": "hook"}})).one("Job")
    assert part(job, "metadata", "annotations", "helm.sh/hook") == "pre-install,pre-upgrade"
    spec = cast("Object", part(job, "spec", "template", "spec"))
    assert "serviceAccountName" not in spec
    assert {secret.name for secret in secrets_of(spec).values()} == {"scribe-secrets"}
    assert all("envFrom" not in container for container in _containers(job))


def test_hook_needs_no_more_than_a_secret_that_is_there_before() -> None:
    url = {"name": "db-app", "key": "uri"}
    given = {"from": {"SCRIBE_DATABASE_URL": url, "SCRIBE_COMPOSER_DATABASE_URL": url}}
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
        assert "/etc/ca" in [mount["mountPath"] for mount in cast("list[Object]", container["volumeMounts"])]
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
    url = {"name": "db-app", "key": "uri"}
    names = ("SCRIBE_DATABASE_URL", "SCRIBE_COMPOSER_DATABASE_URL")
    found = render({**LEAST, "secrets": {"from": dict.fromkeys(names, url)}})
    assert found.secrets("gateway")["SCRIBE_DATABASE_URL"] == Secret("db-app", "uri", optional=False)
    assert found.secrets("composer")["SCRIBE_COMPOSER_DATABASE_URL"] == Secret("db-app", "uri", optional=False)
    assert found.secrets("parser")["ANTHROPIC_API_KEY"] == Secret("scribe", "ANTHROPIC_API_KEY", optional=True)


def test_one_login_may_serve_gateway_and_composer() -> None:
    found = render(with_least({"services": {"composer": {"secretKeys": ["SCRIBE_DATABASE_URL"]}}}))
    assert set(found.secrets("composer")) == {"SCRIBE_DATABASE_URL"}


def _setup(found: Render) -> Object:
    return cast("Object", part(found.one("Job"), "spec", "template", "spec"))


def _containers(job: Object) -> list[Object]:
    return cast("list[Object]", part(job, "spec", "template", "spec", "containers"))
