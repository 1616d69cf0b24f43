"""What a release leaves beside the images: a list of what each holds, and values by which it is installed."""

import json
import runpy
from pathlib import Path

import yaml

from tests.chart.rendering import ROOT, SERVICES, Object, render, with_least

RELEASE = runpy.run_path(str(ROOT / "deploy/release.py"))


def test_list_of_an_images_contents_names_its_libraries_and_not_those_of_others(tmp_path: Path) -> None:
    file = RELEASE["bill_of_materials"]("arxiv", "scribe-arxiv:0.1.0", tmp_path)
    listed: list[Object] = json.loads(file.read_text())["components"]
    names = {str(component["name"]) for component in listed}
    assert {"nats-py", "httpx", "scribe-common"} <= names
    assert not names & {"playwright", "fastapi", "pytest"}


def test_values_of_a_release_install_exactly_its_images() -> None:
    digests = {name: f"sha256:{number:064x}" for number, name in enumerate(RELEASE["images"]())}
    found = render(with_least(yaml.safe_load(RELEASE["values"]("registry.example.org/acme", digests))))
    for service in SERVICES:
        assert found.container(service)["image"] == f"registry.example.org/acme/scribe-{service}@{digests[service]}"
    text = json.dumps(found.one("Job"))
    assert f"registry.example.org/acme/scribe-migrations@{digests['migrations']}" in text
