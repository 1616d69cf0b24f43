"""Alerts on NATS, PostgreSQL and the setup."""

from scribe.dashboards.alerts.expressions import fullness, highest
from scribe.dashboards.rules import Alert, Condition

SERVERS = (
    Alert(
        name="ScribeServerDown",
        conditions=(Condition(highest("scribe_server_up", "server"), "<", 1),),
        lasting="1m",
        severity="page",
        summary="{{ $labels.server }} does not answer",
        description="No gateway reaches {{ $labels.server }}.",
    ),
    Alert(
        name="ScribeStreamFillsUp",
        conditions=(Condition(fullness("PIPELINE"), ">", 0.7),),
        lasting="2m",
        severity="page",
        summary="PIPELINE fills up",
        description=(
            "It is {{ $value | humanizePercentage }} full. From 70 % on the relay admits nothing,"
            " so that tasks under way can finish."
        ),
    ),
    Alert(
        name="ScribeDeadLettersFillUp",
        conditions=(Condition(fullness("DEADLETTER"), ">", 0.7),),
        lasting="2m",
        severity="ticket",
        summary="DEADLETTER fills up",
        description="It is {{ $value | humanizePercentage }} full. When it is full the oldest letters are dropped.",
    ),
    Alert(
        name="ScribeSetupFailed",
        # Of kube-state-metrics; without it there is nothing to fire on.
        conditions=(
            Condition('max by (namespace, job_name) (kube_job_status_failed{job_name=~".+-setup.*"})', ">", 0),
        ),
        lasting="1m",
        severity="page",
        summary="The setup {{ $labels.job_name }} failed",
        description="Schema or streams are not of this release: its pods wait, those of the release before go on.",
    ),
    Alert(
        name="ScribePoolExhausted",
        conditions=(
            Condition(
                'sum by (namespace, job, instance) (scribe_database_pool_connections{state="used"})'
                " / sum by (namespace, job, instance) (scribe_database_pool_limit)",
                ">=",
                0.95,
            ),
        ),
        lasting="5m",
        severity="ticket",
        summary="{{ $labels.instance }} uses all of its database connections",
        description="Requests and tasks wait for a connection.",
    ),
    Alert(
        name="ScribePostgresConnections",
        conditions=(
            Condition(
                highest("scribe_postgres_connections", "database")
                + " / "
                + highest("scribe_postgres_connection_limit", "database"),
                ">",
                0.85,
            ),
        ),
        lasting="5m",
        severity="ticket",
        summary="PostgreSQL is running out of connections",
        description="{{ $value | humanizePercentage }} of the connections that the server admits are taken.",
    ),
)
