"""Both charts on the current kubectl context, installed once; asked for by `make e2e-cluster` and never by itself."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chart.rendering import SCRIBE_DEV
from tests.cluster import cluster
from tests.support.requirements import TAG, require_cluster

Record = Callable[[str, str], None]


@pytest.fixture(scope="session", autouse=True)
def installed() -> Iterator[None]:
    """Scribe in an empty namespace that holds pods to the restricted profile; nothing is left at the end."""
    require_cluster()
    cluster.run("kubectl", "delete", "namespace", cluster.NAMESPACE, "--ignore-not-found")
    cluster.run("kubectl", "create", "namespace", cluster.NAMESPACE)
    profile = "pod-security.kubernetes.io/enforce=restricted"
    cluster.run("kubectl", "label", "namespace", cluster.NAMESPACE, profile)
    client = "networkPolicy.fakesFrom[0].podSelector.matchLabels.app=scribe-client"
    tag = ("--set-string", f"fakes.tag={TAG}")
    arguments = ("--set", client, *tag, *cluster.DEV_ARGUMENTS, "--wait", "--timeout", "3m")
    cluster.helm("install", "scribe-dev", str(SCRIBE_DEV), *arguments)
    cluster.upgrade(cluster.PREVIOUS, "first")
    cluster.create("pods.yaml")
    cluster.kubectl("wait", "--for=condition=Ready", "pod/client", "pod/stranger", "--timeout=60s")
    yield
    cluster.run("kubectl", "delete", "namespace", cluster.NAMESPACE, "--ignore-not-found")


@pytest.fixture(scope="session")
def report() -> Iterator[list[str]]:
    """The rows of the run's table; written to the file that `SCRIBE_CLUSTER_REPORT` names."""
    rows: list[str] = []
    yield rows
    file = os.environ.get("SCRIBE_CLUSTER_REPORT")
    if file:
        head = (Path(__file__).parent / "report.md").read_text("utf-8")
        Path(file).write_text(head + "".join(rows), "utf-8")


@pytest.fixture
def record(report: list[str]) -> Record:
    """Add what was done and what was seen to the table, with the seconds since the test began."""
    start = time.monotonic()

    def add(done: str, seen: str) -> None:
        report.append(f"| {done} | {seen} | {time.monotonic() - start:.0f} |\n")

    return add


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cluster, with the installation's namespace as the current one."""
    file = tmp_path_factory.mktemp("kube") / "config"
    file.write_text(cluster.run("kubectl", "config", "view", "--raw", "--flatten"))
    cluster.run(
        "kubectl", "--kubeconfig", str(file), "config", "set-context", "--current", "--namespace", cluster.NAMESPACE
    )
    return file
