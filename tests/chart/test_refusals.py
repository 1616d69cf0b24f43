"""Values that cannot work are refused before anything is installed, with what to do about it."""

import pytest
from helm_python import HelmError

from tests.chart.rendering import DATABASE_URLS, LEAST, SCRIBE_DEV, Values, render, with_least

REFUSED: dict[str, tuple[Values, str]] = {
    "no broker": ({**LEAST, "nats": {}}, "nats.url is missing: set it to"),
    "no address of the database": (
        with_least({"networkPolicy": {"databaseTo": []}}),
        "networkPolicy.databaseTo is missing: set it to where your PostgreSQL is",
    ),
    "no issuer": ({**LEAST, "supabase": {}}, "supabase.url is missing: set it to"),
    "no database": (
        {**LEAST, "secrets": {}},
        "the database is missing: name a Secret with the key SCRIBE_DATABASE_URL",
    ),
    "a composer without a login": (
        {**LEAST, "secrets": {"values": {"SCRIBE_DATABASE_URL": "u"}}},
        "name a Secret with the key SCRIBE_COMPOSER_DATABASE_URL",
    ),
    "two sources of secrets": (with_least({"secrets": {"values": {"EXA_API_KEY": "k"}}}), "not both"),
    "hook without a Secret": (
        {**LEAST, "secrets": {"values": dict.fromkeys(DATABASE_URLS, "u")}, "migrations": {"mode": "hook"}},
        "use secrets.existingSecret, or mode job",
    ),
    "lag of requests": (
        with_least({"services": {"gateway": {"autoscaling": {"type": "keda"}}}}),
        "services.gateway.autoscaling.type cannot be keda: requests have no lag; use hpa",
    ),
    "KEDA without an endpoint": (
        {**LEAST, "nats": {"url": "nats://n:4222"}, "services": {"parser": {"autoscaling": {"type": "keda"}}}},
        "services.parser.autoscaling.type keda needs nats.monitoring",
    ),
    "HPA from nothing": (
        with_least({"services": {"parser": {"autoscaling": {"type": "hpa", "minReplicas": 0}}}}),
        "an HPA cannot wake a service that has no pod",
    ),
    "two scalers": (with_least({"services": {"parser": {"autoscaling": {"type": "hpa+keda"}}}}), "'keda'"),
    "least above most": (
        with_least({"services": {"parser": {"autoscaling": {"minReplicas": 9}}}}),
        "services.parser.autoscaling.minReplicas is greater than maxReplicas",
    ),
    "computed variable": (
        with_least({"services": {"parser": {"env": {"SCRIBE_CONCURRENCY": 4}}}}),
        "SCRIBE_CONCURRENCY follows from the chart's own values",
    ),
    "shared variable": (
        with_least({"config": {"SCRIBE_STREAM_REPLICAS": 3}}),
        "SCRIBE_STREAM_REPLICAS follows from the chart's own values: set those instead of config.",
    ),
    "variable given twice": (
        with_least({"services": {"parser": {"extraEnv": [{"name": "SCRIBE_CONCURRENCY", "value": "4"}]}}}),
        "services.parser: the chart sets SCRIBE_CONCURRENCY already",
    ),
    "variable of the setup given twice": (
        with_least({"migrations": {"extraEnv": [{"name": "SCRIBE_STEP_CONCURRENCY", "value": "4"}]}}),
        "migrations: the chart sets SCRIBE_STEP_CONCURRENCY already",
    ),
    "number as a variable's text": (
        with_least({"services": {"parser": {"extraEnv": [{"name": "A", "value": 4}]}}}),
        "/services/parser/extraEnv/0/value",
    ),
    "key in the ConfigMap": (
        with_least({"config": {"ANTHROPIC_API_KEY": "secret"}}),
        "config.ANTHROPIC_API_KEY is a secret: put it into the Secret",
    ),
    "misspelt key": (
        {**LEAST, "secrets": {"values": dict.fromkeys((*DATABASE_URLS, "ANTROPIC_API_KEY"), "u")}},
        "secrets: nothing sees ANTROPIC_API_KEY",
    ),
    "traces to a closed door": (
        with_least({"telemetry": {"endpoint": "http://collector.monitoring:4318"}}),
        "telemetry.endpoint needs networkPolicy.telemetryTo",
    ),
    "label that selectors use": (
        with_least({"commonLabels": {"app.kubernetes.io/name": "mail"}}),
        "invalid propertyName 'app.kubernetes.io/name'",
    ),
    "name that no Service can have": (with_least({"fullnameOverride": "mail.v2"}), "/fullnameOverride"),
    "name that begins with a digit": (with_least({"fullnameOverride": "2mail"}), "/fullnameOverride"),
    "computed variable for all": (
        with_least({"config": {"SCRIBE_MAX_REPLICAS": 4}}),
        "SCRIBE_MAX_REPLICAS follows from the chart's own values",
    ),
    "key in the open": (
        with_least({"services": {"scraper": {"env": {"EXA_API_KEY": "secret"}}}}),
        "services.scraper.env.EXA_API_KEY is a secret: put it into the Secret",
    ),
    "setting that there is not": (
        with_least({"config": {"SCRIBE_LOGLEVEL": "debug"}}),
        "config.SCRIBE_LOGLEVEL: there is no such setting; the nearest is SCRIBE_LOG_LEVEL",
    ),
    "setting of a service that there is not": (
        with_least({"services": {"scraper": {"env": {"SCRIBE_PAGES_BROWSER": 4}}}}),
        "services.scraper.env.SCRIBE_PAGES_BROWSER: there is no such setting; the nearest is SCRIBE_BROWSER_PAGES",
    ),
    "setting in extraEnv that there is not": (
        with_least({"services": {"composer": {"extraEnv": [{"name": "SCRIBE_DATABASE_POOLSIZE", "value": "4"}]}}}),
        "the nearest is SCRIBE_DATABASE_POOL_SIZE",
    ),
    "memory without a unit": (
        with_least({"services": {"parser": {"resources": {"limits": {"memory": "512MB"}}}}}),
        "/services/parser/resources/limits/memory",
    ),
    "tag that lost a zero": (with_least({"image": {"tag": 1.1}}), "/image/tag"),
    "scaling by nothing": (
        with_least({"services": {"gateway": {"autoscaling": {"type": "hpa", "cpu": 0}}}}),
        "services.gateway.autoscaling.type hpa needs cpu or memory above 0",
    ),
    "two monitors": (
        with_least({"podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True}}),
        "enable podMonitor or serviceMonitor, not both",
    ),
    "shared memory where there is no browser": (
        with_least({"services": {"parser": {"sharedMemory": "1Gi"}}}),
        "invalid propertyName 'sharedMemory'",
    ),
    "ingress to nowhere": (with_least({"ingress": {"enabled": True}}), "ingress.enabled needs ingress.hosts"),
    "route from nowhere": (
        with_least({"httpRoute": {"enabled": True}}),
        "httpRoute.enabled needs httpRoute.parentRefs",
    ),
    "two tokens": (
        with_least({"test": {"tokenUrl": "http://t", "tokenSecret": {"name": "t"}}}),
        "set test.tokenUrl or test.tokenSecret, not both",
    ),
    "misspelt value": (
        with_least({"services": {"parser": {"replica": 3}}}),
        "at '/services/parser': additional properties 'replica' not allowed",
    ),
    "unknown service": (with_least({"services": {"parsers": {}}}), "additional properties 'parsers' not allowed"),
    "text for a number": (with_least({"services": {"parser": {"concurrency": "8"}}}), "/services/parser/concurrency"),
    "too many at once": (with_least({"services": {"parser": {"concurrency": 999}}}), "/services/parser/concurrency"),
    "no time": (with_least({"services": {"parser": {"stepDeadline": 0}}}), "/services/parser/stepDeadline"),
    "unknown provider": (with_least({"models": {"parser": "openai:x"}}), "/models/parser"),
    "broker over HTTP": (with_least({"nats": {"url": "http://nats"}}), "/nats/url"),
    "monitoring as URL": (with_least({"nats": {"monitoring": "http://nats:8222"}}), "/nats/monitoring"),
    "tag as digest": (
        with_least({"services": {"parser": {"image": {"digest": "v1"}}}}),
        "/services/parser/image/digest",
    ),
    "admin without an id": (with_least({"adminUserIds": ["root@acme.org"]}), "/adminUserIds/0"),
    "origin with a path": (with_least({"corsOrigins": ["https://a.org/app"]}), "/corsOrigins/0"),
    "lower-case variable": (
        with_least({"config": {"scribe_log_level": "debug"}}),
        "invalid propertyName 'scribe_log_level'",
    ),
    "unknown mode": (with_least({"migrations": {"mode": "init"}}), "/migrations/mode"),
    "no ports": (with_least({"networkPolicy": {"databasePorts": []}}), "/networkPolicy/databasePorts"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_values_that_cannot_work_are_refused_by_name(case: str) -> None:
    values, message = REFUSED[case]
    with pytest.raises(HelmError) as refusal:
        render(values)
    assert message in str(refusal.value)


def test_development_chart_refuses_what_it_does_not_know() -> None:
    with pytest.raises(HelmError, match="additional properties 'redis' not allowed"):
        render({"redis": {}}, chart=SCRIBE_DEV)
    with pytest.raises(HelmError, match="/postgres/password"):
        render({"postgres": {"password": "a:b@c"}}, chart=SCRIBE_DEV)
