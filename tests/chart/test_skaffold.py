"""skaffold.yaml names images, charts, values and folders that are there, and what it deploys fits its schemas."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from tests.chart.rendering import ROOT, SCHEMAS, Values, merged, problems, render

CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "skaffold.yaml").read_text("utf-8"))
SCHEMA = Draft7Validator(json.loads((SCHEMAS / "skaffold-v4beta13.json").read_text("utf-8")))
PROFILES = {profile["name"]: profile for profile in CONFIG["profiles"]}


def with_profile(name: str) -> dict[str, Any]:
    """The configuration as Skaffold has it after a profile's patches."""
    config = copy.deepcopy(CONFIG)
    for patch in PROFILES[name]["patches"] if name else ():
        *path, last = patch["path"].strip("/").split("/")
        place: Any = config
        for step in path:
            place = place[int(step)] if isinstance(place, list) else place[step]
        if patch["op"] == "remove":
            del place[int(last) if isinstance(place, list) else last]
        elif last == "-":
            place.append(patch["value"])
        else:
            place[last] = patch["value"]
    return config


def values_of(release: dict[str, Any]) -> Values:
    """The values of a release, its images among them."""
    values: dict[str, object] = {}
    for file in release.get("valuesFiles", ()):
        values = merged(values, yaml.safe_load((ROOT / file).read_text("utf-8")))
    for path, template in release.get("setValueTemplates", {}).items():
        value: object = re.sub(r"\{\{\.IMAGE_(\w+?)_scribe_(\w+)\}\}", r"\1-\2", template).lower()
        for key in reversed(path.split(".")):
            value = {key: value}
        values = merged(values, value)  # type: ignore[arg-type]  # a map after the loop
    return values


@pytest.mark.parametrize("profile", ["", *PROFILES])
def test_configuration_fits_the_schema_that_skaffold_publishes(profile: str) -> None:
    assert [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(with_profile(profile))] == []
    misspelt = copy.deepcopy(with_profile(profile))
    misspelt["deploy"]["helm"]["releases"][0]["valueFiles"] = []
    assert not SCHEMA.is_valid(misspelt)


def test_every_image_is_a_target_of_the_dockerfile() -> None:
    targets = set(re.findall(r"^FROM \S+ AS (\S+)$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE))
    for artifact in CONFIG["build"]["artifacts"]:
        assert artifact["docker"]["target"] in targets
        assert artifact["image"] == f"scribe-{artifact['docker']['target']}"


@pytest.mark.parametrize("profile", ["", *PROFILES])
def test_what_is_deployed_fits_its_schemas_and_uses_the_images_that_were_built(profile: str) -> None:
    config = with_profile(profile)
    built = {artifact["image"].removeprefix("scribe-") for artifact in config["build"]["artifacts"]}
    used: set[str] = set()
    for release in config["deploy"]["helm"]["releases"]:
        found = render(values_of(release), chart=ROOT / release["chartPath"])
        assert [problem for item in found.objects for problem in problems(item)] == []
        used |= set(re.findall(r"repo-(\w+):tag-\1", " ".join(found.documents.values())))
    assert used == built


def test_what_is_copied_into_running_pods_is_there() -> None:
    for artifact in with_profile("dev")["build"]["artifacts"]:
        for rule in artifact.get("sync", {}).get("manual", ()):
            assert any(Path(ROOT / rule["strip"]).rglob("*.py"))


def test_verification_is_a_job_that_fits_its_schema() -> None:
    (check,) = CONFIG["verify"]
    job = yaml.safe_load((ROOT / check["executionMode"]["kubernetesCluster"]["jobManifestPath"]).read_text("utf-8"))
    assert problems(job) == []
