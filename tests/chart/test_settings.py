"""Every setting that a service reads can be given through the chart, and secrets only through a Secret."""

import subprocess
import sys
from typing import cast

import pytest
import yaml
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from scribe.local.reference import PROCESSES, environment_names, settings_of
from tests.chart.rendering import ROOT, SCRIBE, SERVICES, Object, part, render, with_least


def fields(service: str) -> dict[str, FieldInfo]:
    """What a service reads, by the first variable that it is read from."""
    found = settings_of(PROCESSES[service]).model_fields
    return {environment_names(name, field)[0]: field for name, field in found.items()}


def is_secret(field: FieldInfo) -> bool:
    """Whether it must not be seen."""
    return SecretStr in (field.annotation, *getattr(field.annotation, "__args__", ()))


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_of_a_service_comes_from_the_secret_and_no_other_does(service: str) -> None:
    model = settings_of(PROCESSES[service]).model_fields
    wanted = {frozenset(environment_names(name, field)) for name, field in model.items() if is_secret(field)}
    given = set(render().secrets(service))
    assert [names for names in wanted if not names & given] == []
    assert given <= {name for names in wanted for name in names}


@pytest.mark.parametrize("service", SERVICES)
def test_every_other_setting_has_a_value_or_takes_a_variable(service: str) -> None:
    plain = [name for name, field in fields(service).items() if not is_secret(field)]
    assert render().value(service, "SCRIBE_SECRETS_DIR") == "/etc/scribe/secrets"
    computed = {name for name in plain if name in render().environment(service) or _is_refused(service, name)}
    free = {name: "1" for name in plain if name not in computed}
    found = render(with_least({"services": {service: {"env": free}}}))
    assert {name: found.value(service, name) for name in free} == free


def test_the_charts_list_of_settings_is_current() -> None:
    listing = "import runpy; print(runpy.run_path('deploy/helm/settings.py')['names'](), end='')"
    answer = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, cwd=ROOT)
    assert answer.stdout == (SCRIBE / "files/settings.txt").read_text(), "run `make chart`"


def test_the_example_for_external_secrets_makes_the_secret_that_it_names() -> None:
    example = yaml.safe_load((SCRIBE / "examples/external-secrets.yaml").read_text())
    found = render(with_least(example))
    made = found.one("ExternalSecret")
    assert part(made, "spec", "target", "name") == example["secrets"]["existingSecret"]
    filled = {item["secretKey"] for item in cast("list[Object]", part(made, "spec", "data"))}
    assert filled <= {name for service in SERVICES for name in render().secrets(service)} | {
        "SCRIBE_MIGRATIONS_DATABASE_URL"
    }
    assert part(made, "spec", "data", 0, "remoteRef", "key") == "scribe/mail"


@pytest.mark.parametrize("variable", ["SCRIBE_LOG_LEVEL", "SCRIBE_LOG_FORMAT", "SCRIBE_STAND_INS"])
def test_shared_settings_reach_every_service_and_the_setup(variable: str) -> None:
    found = render(with_least({"config": {variable: "x"}}))
    assert {found.value(service, variable) for service in SERVICES} == {"x"}
    setup = cast("list[Object]", part(found.one("Job"), "spec", "template", "spec", "containers"))
    for container in setup:
        assert {"name": variable, "value": "x"} in cast("list[Object]", container["env"])


def test_large_numbers_keep_their_digits() -> None:
    found = render(with_least({"services": {"gateway": {"env": {"SCRIBE_REQUEST_MAX_BYTES": 2097152}}}}))
    assert found.value("gateway", "SCRIBE_REQUEST_MAX_BYTES") == "2097152"
    assert found.value("gateway", "SCRIBE_PIPELINE_MAX_BYTES") == "1073741824"


def test_collectors_address_may_hold_a_template() -> None:
    endpoint = "https://collector.{{ .Release.Namespace }}.example.org"
    found = render(with_least({"telemetry": {"endpoint": endpoint}}))
    assert found.value("parser", "OTEL_EXPORTER_OTLP_ENDPOINT") == "https://collector.mail.example.org"


def test_reconciler_waits_longer_than_any_step() -> None:
    found = render(with_least({"services": {"scraper": {"stepDeadline": 300}}}))
    assert found.value("gateway", "SCRIBE_STALE_AFTER") == "360"


def _is_refused(service: str, name: str) -> bool:
    roles = {"parser": ["PARSER"], "scraper": ["SCRAPER"], "composer": ["COMPOSER", "CHECKER"], "gateway": ["TEMPLATE"]}
    models = {f"SCRIBE_{role}_{kind}" for role in roles.get(service, []) for kind in ("MODEL", "FALLBACK_MODELS")}
    lists = {"SCRIBE_ADMIN_USER_IDS", "SCRIBE_CORS_ORIGINS"} if service == "gateway" else set()
    files = {"SCRIBE_NATS_USER", "SCRIBE_NATS_CREDENTIALS_FILE"}
    return name in models | lists | files
