"""The charts on a real cluster: the main job while pods die, are replaced and come in number; closed doors; releases.

The tests run in their order, each on what the one before left.
"""

from collections import Counter

import pytest

from tests.chart.rendering import SERVICES, WORKERS
from tests.cluster.cluster import (
    PREVIOUS,
    Batch,
    begun,
    component,
    create,
    helm,
    kill,
    kill_server,
    kubectl,
    objects,
    release_of,
    replicas,
    run,
    sql,
    upgrade,
    wait,
    world,
)
from tests.cluster.conftest import Record
from tests.support.requirements import TAG

pytestmark = pytest.mark.timeout(900)
KNOWN = "Adrian Del Maestro"
"""The stand-ins' recipient whose group's page only a browser can read."""

KILLED_BESIDE_A_STEP = 3
"""Its worker, NATS and PostgreSQL: each may lose once what a step has come to, or that it was acknowledged."""


def beginnings(tasks: list[str]) -> Counter[tuple[str, int, str]]:
    """How often each step of each run was begun, by (task, run, step)."""
    return Counter((task, number, step) for task, steps in begun(tasks).items() for number, step in steps)


def begun_twice(tasks: list[str]) -> list[str]:
    """The tasks of which a step was begun more than once."""
    return [task for task, steps in begun(tasks).items() if len(steps) != len(set(steps))]


def test_a_new_version_rolls_out_under_load_and_repeats_nothing(record: Record) -> None:
    with world(path="/anthropic", latency=0.5):
        batch = Batch.submit("rollout", 60)
        wait("work has begun", lambda: batch.statuses()["processing"] > 0)
        upgrade(TAG, "second")
        wait("all tasks end", batch.ended)
    assert all(release_of(service) == (TAG, "second") for service in SERVICES)
    assert (batch.statuses(), batch.emails(), begun_twice(batch.tasks)) == ({"completed": 60}, 60, [])
    versions = "a new version" if PREVIOUS == TAG else f"images built from another commit ({PREVIOUS}, then {TAG})"
    record(f"60 tasks; meanwhile every Deployment rolls out {versions}", "60 e-mails; no step was begun twice")


def test_a_release_that_cannot_start_is_rolled_back_under_load(record: Record) -> None:
    with world(path="/anthropic", latency=0.5):
        batch = Batch.submit("broken", 60)
        with pytest.raises(AssertionError, match="has been rolled back"):
            upgrade("missing", "broken", "--rollback-on-failure", "--timeout", "30s")
        wait("all tasks end", batch.ended)
    assert all(release_of(service) == (TAG, "second") for service in SERVICES)
    assert (batch.statuses(), batch.emails(), begun_twice(batch.tasks)) == ({"completed": 60}, 60, [])
    record(
        "60 tasks; meanwhile helm upgrade --rollback-on-failure to images that are not there",
        "helm says so and takes it back; 60 e-mails; no step was begun twice",
    )


def test_fifty_tasks_become_fifty_emails(record: Record) -> None:
    batch = Batch.submit("fifty", 40)
    known = Batch.submit("known", 10, KNOWN)
    wait("all tasks end", lambda: batch.ended() and known.ended())
    assert batch.statuses() + known.statuses() == {"completed": 50}
    assert batch.emails() + known.emails() == 50
    record("50 tasks through the Service, ten of them with a page that needs Chromium", "50 e-mails")


def test_pods_of_every_kind_die_and_no_email_is_lost_or_written_twice(record: Record) -> None:
    with world(path="/anthropic", latency=0.5):
        batch = Batch.submit("killed", 60)
        for service in (*WORKERS, "gateway"):
            kill(objects("pod", component(service))[0]["metadata"]["name"])
        kill_server("scribe-dev-nats-0")
        wait("some e-mails are written", lambda: batch.statuses()["completed"] >= 5)
        kill_server("scribe-dev-postgres-0")
        wait("all tasks end", batch.ended, timeout=400)
    assert (batch.statuses(), batch.emails()) == ({"completed": 60}, 60)
    begun_again = {step: times - 1 for step, times in beginnings(batch.tasks).items() if times > 1}
    assert max(begun_again.values(), default=0) <= KILLED_BESIDE_A_STEP
    record(
        "60 tasks; meanwhile a pod of each service, NATS and PostgreSQL are killed without grace",
        f"60 e-mails, none twice; {len(begun_again)} of their steps were begun again, at most once for each kill",
    )


def test_a_backlog_scales_a_step_out_and_back_in_without_doing_anything_again(record: Record) -> None:
    with world(path="/anthropic", latency=4):
        batch = Batch.submit("backlog", 100)
        wait("the composer has more pods", lambda: replicas("composer") > 1)
        most = replicas("composer")
        wait("all tasks end", batch.ended, timeout=400)
    wait("the composer has one pod", lambda: replicas("composer") == 1, timeout=180)
    assert (batch.statuses(), batch.emails(), begun_twice(batch.tasks)) == ({"completed": 100}, 100, [])
    record(
        "100 tasks to a model that takes 4 s",
        f"the composer goes from 1 pod to {most} and back by its lag in JetStream; 100 e-mails, no step begun twice",
    )


def test_pages_that_eat_memory_cost_the_scraper_at_most(record: Record) -> None:
    before = restarts()
    with world(path="/lab", behaviour="greedy"):
        batch = Batch.submit("greedy", 6, KNOWN)
        wait("all tasks end", batch.ended, timeout=400)
    after = restarts()
    killed = after.pop("scraper") - before.pop("scraper")
    assert before == after
    statuses = batch.statuses()
    following = Batch.submit("following", 5, KNOWN)
    wait("all tasks end", following.ended)
    assert following.statuses() == {"completed": 5}
    ended = ", ".join(f"{count} {status}" for status, count in statuses.items())
    record(
        "six tasks whose page eats all memory it gets, within the scraper's limit of 1 GiB",
        f"{ended}; containers of the scraper killed: {killed}, of others: 0; the next tasks are written",
    )


def restarts() -> dict[str, int]:
    """How often the containers of each service were started again."""
    found = dict.fromkeys(SERVICES, 0)
    for service in SERVICES:
        for pod in objects("pod", component(service)):
            found[service] += sum(status["restartCount"] for status in pod["status"].get("containerStatuses", ()))
    return found


def test_containers_are_closed(record: Record) -> None:
    look = (
        "import os; print(os.getuid(), open('/proc/self/status').read().split('CapEff:')[1].split()[0],"
        " os.path.exists('/var/run/secrets/kubernetes.io'))\n"
        "try: open('/app/x', 'w')\n"
        "except OSError as error: print(error.errno)\n"
    )
    for service in SERVICES:
        seen = kubectl("exec", f"deployment/scribe-{service}", "--", "python", "-c", look).split()
        assert seen == ["10001", "0000000000000000", "False", "30"], f"{service}: {seen}"
    record("look into a container of each service", "user 10001, no capability, no token, a read-only root")


REACH = """
import socket, sys
for target in sys.argv[1:]:
    host, _, port = target.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
        print(target)
    except OSError:
        pass
"""


def reached(pod: str, *targets: str) -> list[str]:
    """Those of `host:port` that take a connection from a pod."""
    return kubectl("exec", "--stdin", pod, "--", "python", "-", *targets, stdin=REACH).split()


def test_policies_let_only_those_in_that_are_named(record: Record) -> None:
    workers = [f"{pod['status']['podIP']}:8080" for name in WORKERS for pod in objects("pod", component(name))]
    servers = ["scribe-dev-postgres:5432", "scribe-dev-nats:4222", "scribe-dev-nats:8222", "scribe-dev-fakes:8090"]
    assert reached("stranger", *servers, *workers) == []
    assert reached("stranger", "scribe:80") == ["scribe:80"]
    assert reached("deployment/scribe-composer", *servers[:2]) == servers[:2]
    (address,) = [item["spec"]["clusterIP"] for item in objects("service", component("gateway"))]
    (node,) = run("kubectl", "get", "nodes", "--output", "jsonpath={.items[0].status.addresses[0].address}").split()
    private = [f"{address}:80", f"{node}:10250", "10.0.0.1:443", "169.254.169.254:80", "scribe-dev-postgres:5432"]
    assert reached("deployment/scribe-scraper", *private) == []
    record(
        "connect from a pod that no policy names, and from the scraper",
        "neither PostgreSQL nor NATS nor a worker; from the scraper no private and no metadata address",
    )


def test_an_upgrade_brings_the_schema_up_and_a_rollback_takes_the_values_back(record: Record) -> None:
    head = sql("SELECT version_num FROM alembic_version")
    create("older-schema.yaml")
    kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/older-schema", "--timeout=60s")
    assert sql("SELECT version_num FROM alembic_version") != head
    upgrade(TAG, "migrated")
    assert sql("SELECT version_num FROM alembic_version") == head
    helm("rollback", "scribe", "--wait", "--timeout", "4m")
    assert release_of("parser") == (TAG, "second")
    record("helm upgrade over an older schema, then helm rollback", "the Job migrates; the pods of before are back")


def test_helm_test_sends_a_task_through(record: Record) -> None:
    assert "Succeeded" in helm("test", "scribe")
    record("helm test", "one task through the pipeline")
