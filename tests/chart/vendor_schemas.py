"""Write `schemas/*.json` from CRDs on stdin: `kubectl get crd -o yaml | python tests/chart/vendor_schemas.py`.

A CRD's schema prunes fields that it does not name; here they are refused, so that a misspelt field is seen.
Descriptions and CEL rules are left out: nothing here reads them, and the files stay small.
"""

import json
import sys
from pathlib import Path
from typing import cast

import yaml

SCHEMAS = Path(__file__).parent / "schemas"
KINDS = ("ScaledObject", "PodMonitor", "ServiceMonitor", "PrometheusRule", "HTTPRoute")
DROPPED = ("description", "x-kubernetes-validations", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "default")

Node = dict[str, object]


def strict(node: object) -> object:
    """A part of a schema without prose, closed where it names its properties."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    open_ended = node.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in node
    kept: Node = {}
    for key, value in node.items():
        if key == "properties":
            kept[key] = {name: strict(part) for name, part in value.items()}
        elif key == "x-kubernetes-int-or-string":
            kept["type"] = ["integer", "string"]
        elif key not in DROPPED and not key.startswith("x-kubernetes-"):
            kept[key] = strict(value)
    if "properties" in node and not open_ended:
        kept["additionalProperties"] = False
    return kept


def schema_of(definition: Node) -> Node:
    """The schema of the stored version of a CRD."""
    spec = cast("dict[str, list[Node]]", definition["spec"])
    stored = next(version for version in spec["versions"] if version["storage"])
    schema = cast("dict[str, Node]", strict(cast("dict[str, Node]", stored["schema"])["openAPIV3Schema"]))
    schema["properties"] |= {"metadata": {"type": "object"}}
    return cast("Node", schema)


def definitions(text: str) -> list[Node]:
    """Every CRD in the stream, whether as documents or as a `List`."""
    documents = [document for document in yaml.safe_load_all(text) if document]
    items = [item for document in documents for item in document.get("items", [document])]
    return [item for item in items if item["kind"] == "CustomResourceDefinition"]


def main() -> None:
    """Write one file for each kind that the charts make."""
    for definition in definitions(sys.stdin.read()):
        kind = cast("dict[str, dict[str, str]]", definition["spec"])["names"]["kind"]
        if kind in KINDS:
            text = json.dumps(schema_of(definition), separators=(",", ":"), sort_keys=True)
            (SCHEMAS / f"{kind}.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
