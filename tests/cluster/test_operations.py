"""What an operator does: restore, watch, and type what the runbooks say; on what `test_cluster` left."""

import time
from pathlib import Path

import pytest

from tests.chart.rendering import ROOT, SERVICES, WORKERS
from tests.cluster import monitoring, routing
from tests.cluster.cluster import (
    Batch,
    client,
    kubectl,
    replicas,
    wait,
    world,
)
from tests.cluster.conftest import Record
from tests.support.typed import Block, blocks, type_in

pytestmark = pytest.mark.timeout(900)
SCALED = [f"scribe-{service}" for service in WORKERS]
PAUSED = "autoscaling.keda.sh/paused-replicas"


def pause(replicas_: int) -> None:
    """Hold every step at a number of pods, whatever waits for it."""
    kubectl("annotate", "scaledobject", *SCALED, f"{PAUSED}={replicas_}", "--overwrite")


def resume() -> None:
    """Let KEDA scale again."""
    kubectl("annotate", "scaledobject", *SCALED, f"{PAUSED}-")


def test_a_restored_backup_and_an_empty_jetstream_lose_no_task(record: Record) -> None:
    shell = ("exec", "scribe-dev-postgres-0", "--", "sh", "-ec")
    with world(path="/anthropic", latency=2):
        batch = Batch.submit("restored", 40)
        wait("some e-mails are written", lambda: batch.statuses()["completed"] >= 3)
        kubectl(*shell, "pg_dump -U scribe -Fc -f /tmp/scribe.dump scribe")
        wait("more e-mails are written", lambda: batch.statuses()["completed"] >= 8)
    pause(0)
    kubectl("scale", "deployment", "scribe-gateway", "--replicas=0")
    kubectl(
        "wait",
        "--for=delete",
        "pod",
        "--selector",
        "app.kubernetes.io/component in (gateway,composer)",
        "--timeout=180s",
    )
    kubectl(*shell, "dropdb -U scribe --force scribe && createdb -U scribe scribe")
    kubectl(*shell, "pg_restore -U scribe -d scribe --exit-on-error /tmp/scribe.dump")
    kubectl("scale", "statefulset", "scribe-dev-nats", "--replicas=0")
    kubectl("wait", "--for=delete", "pod/scribe-dev-nats-0", "--timeout=90s")
    kubectl("delete", "pvc", "data-scribe-dev-nats-0")
    kubectl("scale", "statefulset", "scribe-dev-nats", "--replicas=1")
    kubectl("rollout", "status", "statefulset/scribe-dev-nats", "--timeout=90s")
    kubectl("scale", "deployment", "scribe-gateway", "--replicas=2")
    resume()
    wait("the gateways are back", lambda: replicas("gateway") >= 2)
    wait("all tasks end", batch.ended, timeout=400)
    assert (batch.statuses(), batch.emails()) == ({"completed": 40}, 40)
    record(
        "40 tasks; a backup in the middle of them, later restored into an empty database, beside an empty JetStream",
        "40 e-mails, none twice in the restored database",
    )


def test_browsers_come_in_by_the_ingress_and_by_the_route(record: Record) -> None:
    hosts = routing.start()
    for host in hosts:
        way = {"GATEWAY": routing.address(), "HOST": host}
        submitted = client("submit", f"{host}@example.org", "3", **way)
        batch = Batch(**submitted)
        wait("all tasks end", batch.ended)
        assert {item["status"] for item in client("items", batch.token, **way)} == {"completed"}
        visited = client("visit", batch.token, **way)
        assert (visited["metrics"], visited["event"]["status"]) == (404, "completed"), visited
    assert client("status", batch.token, GATEWAY=routing.address(), HOST="other.example.org") == 404
    record(
        f"an nginx that does what Ingress and HTTPRoute say ({', '.join(hosts)}); three tasks by each",
        "3 e-mails each, the stream of events comes through; no metrics; another host is answered 404",
    )


def test_many_requests_bring_another_gateway(record: Record) -> None:
    batch = Batch.submit("polled", 1)
    end = time.monotonic() + 180
    while replicas("gateway") < 3:
        assert time.monotonic() < end, "no third gateway came"
        client("poll", batch.token, "10")
    record("one user polls as fast as answers come", "the gateway goes from 2 pods to 3 by its CPU")


def test_prometheus_scrapes_every_pod_that_the_monitor_selects(record: Record) -> None:
    monitoring.start()
    wait("every service is scraped", lambda: {sample["job"] for sample in monitoring.ask("up == 1")} == set(SERVICES))
    wait("the gateways' figures are there", lambda: bool(monitoring.ask("scribe_consumer_lag_messages")))
    record("a Prometheus on what the PodMonitor selects, through the policies", "every service is scraped")


def test_an_alert_of_the_rendered_rule_fires_and_ends(record: Record) -> None:
    pause(0)
    wait("no parser is there", lambda: replicas("parser") == 0)
    batch = Batch.submit("nobody", 5)
    wait("the alert fires", lambda: monitoring.is_firing("ScribeNobodyPulls"))
    resume()
    wait("all tasks end", batch.ended)
    wait("the alert ends", lambda: not monitoring.is_firing("ScribeNobodyPulls"))
    assert batch.statuses() == {"completed": 5}
    record("all workers are taken away while tasks wait", "ScribeNobodyPulls fires; they come back, it ends, 5 e-mails")


TYPED_ELSEWHERE = ("backup-and-restore", "rotate-secrets")  # by the tests of restoring and of rotation
TYPED = [block for block in blocks("cluster") if block.page not in TYPED_ELSEWHERE]
PREAMBLE = """
helm() {
  case "$1" in
    upgrade) command helm "$@" --dry-run=server >/dev/null ;;
    rollback) command helm "$@" --dry-run >/dev/null ;;
    *) command helm "$@" ;;
  esac
}
"""
"""Upgrades are shown to the cluster and not carried out: each would replace every pod, and others are tried above."""


@pytest.mark.parametrize("block", TYPED, ids=str)
def test_block_of_a_page_can_be_typed(block: Block, kubeconfig: Path) -> None:
    variables = {"STEP": "parser", "SECRET": "scribe-dev", "KEY": "stand-in", "KUBECONFIG": str(kubeconfig)}
    type_in(PREAMBLE + block.text, ROOT, timeout=300, **variables)


def test_what_was_typed_left_a_platform_that_works(record: Record) -> None:
    for service in SERVICES:
        kubectl("rollout", "status", f"deployment/scribe-{service}", "--timeout=180s")
    batch = Batch.submit("typed", 10)
    wait("all tasks end", batch.ended)
    assert (batch.statuses(), batch.emails()) == ({"completed": 10}, 10)
    record(
        f"every block of commands for a cluster in runbooks and guides, {len(TYPED)} of them",
        "each can be typed; then 10 tasks, 10 e-mails",
    )
