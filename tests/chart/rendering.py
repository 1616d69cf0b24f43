"""Charts rendered by Helm's own library, and every object checked against the schema of its kind."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, cast

import yaml
from helm_python import Chart
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from scribe.common.tasks.route import ROUTE

ROOT = Path(__file__).parents[2]
SCRIBE = ROOT / "deploy/helm/scribe"
SCRIBE_DEV = ROOT / "deploy/helm/scribe-dev"
WORKERS = tuple(str(step) for step in ROUTE)
SERVICES = ("gateway", *WORKERS)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
KUBERNETES = "v1.33.0-local-strict"
SCHEMAS = Path(__file__).parent / "schemas"

Values = Mapping[str, object]
Object = dict[str, object]

DATABASE_URLS = ("SCRIBE_DATABASE_URL", "SCRIBE_COMPOSER_DATABASE_URL")

LEAST: Values = {
    "nats": {"url": "nats://nats.nats:4222", "monitoring": "nats.nats:8222"},
    "secrets": {"existingSecret": "scribe-secrets"},
    "supabase": {"url": "https://project.supabase.co"},
    "networkPolicy": {"databaseTo": [{"ipBlock": {"cidr": "203.0.113.7/32"}}]},
}
"""The values without which the chart refuses to render."""


class Secret(NamedTuple):
    """A key of a Secret, and whether a pod starts without it."""

    name: str
    key: str
    optional: bool


class Render:
    """The objects of one rendering, found by kind and name."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self.documents = documents
        self.objects = list(_objects(documents))

    def kinds(self) -> set[str]:
        """Every kind that is there."""
        return {str(item["kind"]) for item in self.objects}

    def all(self, kind: str) -> list[Object]:
        """The objects of a kind."""
        return [item for item in self.objects if item["kind"] == kind]

    def one(self, kind: str, name: str = "") -> Object:
        """The object of a kind whose name ends with `name`."""
        found = [item for item in self.all(kind) if str(part(item, "metadata", "name")).endswith(name)]
        assert len(found) == 1, f"{len(found)} objects of kind {kind} end with {name!r}"
        return found[0]

    def pod(self, service: str) -> Object:
        """The pod's spec of a service's Deployment."""
        return cast("Object", part(self.one("Deployment", f"-{service}"), "spec", "template", "spec"))

    def container(self, service: str) -> Object:
        """The service's own container."""
        return cast("list[Object]", self.pod(service)["containers"])[0]

    def environment(self, service: str) -> dict[str, Object]:
        """The variables of its container, the ConfigMap's included."""
        shared = cast("dict[str, str]", self.one("ConfigMap", "scribe")["data"])
        found: dict[str, Object] = {name: {"value": value} for name, value in shared.items()}
        own = cast("list[Object]", self.container(service)["env"])
        return found | {str(variable["name"]): variable for variable in own}

    def secrets(self, service: str) -> dict[str, Secret]:
        """Where the files of secrets come from that a service's container sees, by their names."""
        return secrets_of(self.pod(service))

    def value(self, service: str, variable: str) -> object:
        """The text of one variable."""
        return self.environment(service)[variable]["value"]


def secrets_of(pod: Object) -> dict[str, Secret]:
    """Where the files of secrets come from that a pod mounts, by their names."""
    found = {}
    for volume in cast("list[Object]", pod["volumes"]):
        for source in cast("list[Object]", part(volume, "projected", "sources") or []):
            secret = cast("Object", source["secret"])
            for item in cast("list[Object]", secret["items"]):
                found[str(item["path"])] = Secret(str(secret["name"]), str(item["key"]), secret["optional"] is True)
    return found


def render(values: Values = LEAST, *, chart: Path = SCRIBE, revision: int = 1) -> Render:
    """The chart with these values, as release `scribe` in the namespace `mail`.

    Raises:
        HelmError: Helm refuses the values; the text is what its user reads.
    """
    return _rendered(json.dumps(values), chart, revision)


def with_least(values: Values) -> dict[str, object]:
    """The values over the least ones, maps merged."""
    return merged(LEAST, values)


def merged(base: Values, over: Values) -> dict[str, object]:
    """One over the other, maps merged."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def part(item: object, *path: str | int) -> object:
    """What lies at a path of keys and indexes; None where it is not there."""
    for step in path:
        if isinstance(item, dict):
            item = item.get(step)
        elif isinstance(item, list) and isinstance(step, int) and step < len(item):
            item = item[step]
        else:
            return None
    return item


def problems(item: Object) -> list[str]:
    """What is wrong with an object by the schema of its kind."""
    validator = _validator(str(item["apiVersion"]), str(item["kind"]))
    where = f"{item['kind']} {part(item, 'metadata', 'name')}"
    return [f"{where}: {error.json_path}: {error.message}" for error in validator.iter_errors(item)]


@cache
def _rendered(values: str, chart: Path, revision: int) -> Render:
    name = "scribe" if chart == SCRIBE else "scribe-dev"
    return Render(_loaded(chart).render(json.loads(values), name=name, namespace="mail", revision=revision))


@cache
def _loaded(path: Path) -> Chart:
    return Chart.load(path)


def _objects(documents: Mapping[str, str]) -> Iterator[Object]:
    for path, text in sorted(documents.items()):
        if not path.endswith("NOTES.txt"):
            yield from (document for document in yaml.load_all(text, _LOADER) if document)


@cache
def _validator(version: str, kind: str) -> Draft202012Validator:
    group, _slash, number = version.rpartition("/")
    if (SCHEMAS / f"{kind}.json").exists():
        return Draft202012Validator(json.loads((SCHEMAS / f"{kind}.json").read_text()))
    short = f"{group.partition('.')[0]}-{number}" if group else number
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / KUBERNETES
    schema = json.loads((folder / f"{kind.lower()}-{short}.json").read_text())
    return Draft202012Validator(schema, registry=_definitions())


@cache
def _definitions() -> Registry:
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / KUBERNETES
    contents = json.loads((folder / "_definitions.json").read_text())
    return Resource.from_contents(contents) @ Registry()
