"""Each pod has one credential of NATS, its own, and the chart for trials knows the users that are declared."""

import json
import subprocess
import sys
from typing import cast

import pytest

from scribe.common.messaging.authorization import user_names
from tests.chart.cases import DEVELOPMENT, EVERYTHING
from tests.chart.rendering import ROOT, SCRIBE_DEV, SERVICES, Object, Render, Values, part, render


def mounted_key(spec: Object) -> object:
    """The one key of the Secret with the credentials that a pod mounts."""
    volumes = [volume for volume in cast("list[Object]", spec["volumes"]) if volume["name"] == "nats-credentials"]
    (item,) = cast("list[Object]", part(volumes[0], "secret", "items"))
    return item["key"]


def setup_pod(found: Render) -> Object:
    return cast("Object", part(found.all("Job")[0], "spec", "template", "spec"))


@pytest.mark.parametrize(("values", "ending"), [(DEVELOPMENT, "nk"), (EVERYTHING, "creds")], ids=["nkey", "creds"])
def test_a_pod_mounts_its_own_credential_only(values: Values, ending: str) -> None:
    found = render(values)
    for service in SERVICES:
        assert mounted_key(found.pod(service)) == f"{service}.{ending}"
    assert mounted_key(setup_pod(found)) == f"setup.{ending}"


def test_the_chart_for_trials_has_a_seed_for_every_user() -> None:
    secret = render({}, chart=SCRIBE_DEV).one("Secret", "-nats")
    assert set(cast("Object", secret["stringData"])) == {f"{name}.nk" for name in user_names()}


def test_the_users_of_the_chart_for_trials_are_those_that_are_declared() -> None:
    folder = ROOT / "deploy/helm/scribe-dev/files/nats"
    before = {file.name: file.read_text() for file in folder.iterdir()}
    listing = "import runpy, json; print(json.dumps(runpy.run_path('deploy/helm/nats_users.py')['files']()))"
    answer = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, cwd=ROOT)
    assert json.loads(answer.stdout) == before, "run `make chart`"
