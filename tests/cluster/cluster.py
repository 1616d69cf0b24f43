"""Scribe on the current kubectl context, in a namespace of its own."""

import json
import os
import shlex
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chart.rendering import SCRIBE, SCRIBE_DEV
from tests.support.requirements import TAG

HERE = Path(__file__).parent
SEED = HERE.parents[1] / "deploy/helm/scribe-dev/files/nats/operator.nk"
NAMESPACE = "scribe-e2e"
DEV_ARGUMENTS = shlex.split(os.environ.get("SCRIBE_CLUSTER_DEV_ARGUMENTS", ""))
"""More arguments for installing scribe-dev, such as `--set postgres.image=postgres:17-alpine`."""

PREVIOUS = os.environ.get("PREVIOUS") or TAG
"""The tag of the images that are installed first, and replaced under load by those of `TAG`."""


def run(*command: str, stdin: str | None = None, timeout: float = 300) -> str:
    """What a command prints.

    Raises:
        AssertionError: it failed; with what it said.
    """
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def kubectl(*arguments: str, stdin: str | None = None, timeout: float = 300) -> str:
    """Run kubectl in the namespace."""
    return run("kubectl", "--namespace", NAMESPACE, *arguments, stdin=stdin, timeout=timeout)


def objects(kind: str, selector: str = "") -> list[dict[str, Any]]:
    """The objects of a kind, or of several."""
    found: list[dict[str, Any]] = json.loads(kubectl("get", kind, "--selector", selector, "--output", "json"))["items"]
    return found


def helm(*arguments: str, timeout: float = 300) -> str:
    """Run helm in the namespace."""
    return run("helm", "--namespace", NAMESPACE, *arguments, timeout=timeout)


def upgrade(tag: str, version: str, *arguments: str) -> None:
    """Install images with a tag, or go over to them, and wait until they are ready. `version` marks the pods."""
    values = ("-f", str(SCRIBE_DEV / "scribe-values.yaml"), "-f", str(HERE / "values.yaml"))
    release = ("--set-string", f"image.tag={tag},defaults.podAnnotations.version={version}")
    waiting = arguments or ("--wait", "--timeout", "4m")
    helm("upgrade", "--install", "scribe", str(SCRIBE), *values, *release, *waiting)


def release_of(service: str) -> tuple[str, str]:
    """The image's tag and the mark of a service's pods."""
    (deployment,) = objects("deployment", component(service))
    template = deployment["spec"]["template"]
    tag = template["spec"]["containers"][0]["image"].rpartition(":")[2]
    return tag, template["metadata"]["annotations"]["version"]


def create(file: str) -> None:
    """Create the objects of a file beside this one."""
    kubectl("create", "--filename", "-", stdin=(HERE / file).read_text("utf-8").replace(":TAG", f":{TAG}"))


def start_pod(name: str, image: str, files: dict[str, str]) -> None:
    """Start the pod of the file `<name>.yaml`, anew where it runs, with files in its ConfigMap; it is ready then."""
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": files}
    kubectl("delete", f"pod/{name}", f"configmap/{name}", "--ignore-not-found")
    kubectl("create", "--filename", "-", stdin=json.dumps(config))
    pod = (HERE / f"{name}.yaml").read_text("utf-8").replace("image: IMAGE", f"image: {image}")
    kubectl("create", "--filename", "-", stdin=pod)
    kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=120s")


def component(service: str) -> str:
    """The selector of a service's pods."""
    return f"app.kubernetes.io/instance=scribe,app.kubernetes.io/component={service}"


def replicas(service: str) -> int:
    """Pods of a service that are ready."""
    (deployment,) = objects("deployment", component(service))
    return int(deployment["status"].get("readyReplicas", 0))


def kill(pod: str) -> None:
    """End a pod at once, as a node that dies does."""
    kubectl("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false")


def kill_server(pod: str) -> None:
    """End a StatefulSet's pod within a second. Not by force: a second server would start on the data of the first."""
    kubectl("delete", "pod", pod, "--grace-period=1", "--wait=false")


def client(*arguments: str, **variables: str) -> Any:  # noqa: ANN401 - JSON
    """What the pod `client` is answered, by the Service or by what its variables say."""
    script = (HERE / "client.py").read_text("utf-8")
    environment = ("env", *(f"{name}={value}" for name, value in variables.items()))
    command = ("exec", "--stdin", "client", "--", *environment, "python", "-", *arguments)
    return json.loads(kubectl(*command, stdin=script))


def sql(statement: str) -> str:
    """The one value that a statement gives."""
    return kubectl("exec", "scribe-dev-postgres-0", "--", "psql", "-U", "scribe", "-Atc", statement).strip()


def begun(tasks: list[str]) -> dict[str, list[tuple[int, str]]]:
    """The steps that were begun for each task, in order, as (run, step).

    What is begun again after an attempt that was announced to have failed, or to be held, is none of them: on a busy
    cluster a model's answer misses its deadline.
    """
    script = (HERE / "started.py").read_text("utf-8")
    seed = SEED.read_text("utf-8").strip()
    output = kubectl("exec", "--stdin", "deployment/scribe-gateway", "--", "python", "-", seed, stdin=script)
    found: dict[str, list[tuple[int, str]]] = {task: [] for task in tasks}
    announced: set[tuple[str, int, str]] = set()
    for task, number, step, kind in json.loads(output):
        if kind != "started":
            announced.add((task, number, step))
        elif (task, number, step) in announced:
            announced.remove((task, number, step))
        elif task in found:
            found[task].append((number, step))
    return found


@dataclass
class Batch:
    """Tasks that a user of their own has submitted."""

    token: str
    tasks: list[str]

    @classmethod
    def submit(cls, user: str, count: int, *name: str) -> "Batch":
        """Submit `count` tasks in one request; all to `name` where it is given."""
        user = f"{user}-{time.time_ns()}@example.org"
        return cls(**client("submit", user, str(count), *name))

    def statuses(self) -> Counter[str]:
        """How many tasks are in which status."""
        return Counter(item["status"] for item in client("items", self.token))

    def ended(self) -> bool:
        """Whether nothing is left to do."""
        statuses = self.statuses()
        return statuses["completed"] + statuses["failed"] == len(self.tasks)

    def emails(self) -> int:
        """E-mails that were written for the tasks."""
        tasks = ",".join(self.tasks)
        return int(sql(f"SELECT count(*) FROM emails WHERE task_id = ANY ('{{{tasks}}}')"))  # noqa: S608 - UUIDs


@contextmanager
def world(**fault: object) -> Iterator[None]:
    """The stand-ins as `fault` says, while the block runs."""
    client("control", json.dumps(fault))
    try:
        yield
    finally:
        client("control", "reset")


def wait(what: str, condition: Callable[[], bool], timeout: float = 240) -> None:
    """Wait until `condition` holds.

    Raises:
        AssertionError: it did not in `timeout` seconds.
    """
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"{what}: not so within {timeout:g} s"
        time.sleep(1)
