"""The last of all: what is uninstalled leaves nothing behind."""

from tests.cluster.cluster import NAMESPACE, helm, kubectl, objects, run, wait
from tests.cluster.conftest import Record


def test_uninstalling_leaves_nothing(record: Record) -> None:
    kubectl("delete", "pod", "client", "stranger", "older-schema", "prometheus", "nginx", "--ignore-not-found")
    kubectl("delete", "configmap", "prometheus", "nginx", "--ignore-not-found")
    helm("uninstall", "scribe", "scribe-dev", "--wait")
    kinds = run("kubectl", "api-resources", "--namespaced", "--verbs=list", "--output=name").split()
    mine = ",".join(kind for kind in kinds if not kind.startswith(("events", "pods.metrics")))
    own = ("kube-root-ca.crt", "default")

    def left() -> list[str]:
        found = [item for item in objects(mine) if item["metadata"]["name"] not in own]
        return [f"{item['kind']} {item['metadata']['name']}" for item in found]

    wait(f"nothing is left in {NAMESPACE}", lambda: not left(), timeout=180)
    record("helm uninstall of both", "nothing is left in the namespace")
