"""The table of values that the chart is rendered with."""

from typing import Any

import yaml

from tests.chart.rendering import DATABASE_URLS, LEAST, SCRIBE_DEV, Values, with_least

KEDA: Values = {"autoscaling": {"type": "keda", "minReplicas": 1, "maxReplicas": 6}}

EVERYTHING = with_least(
    {
        "nats": {"user": "scribe", "credentials": {"secret": "nats-users", "kind": "creds"}, "streamReplicas": 3},
        "image": {"registry": "ghcr.io/acme", "tag": "1.2.3", "pullSecrets": ["registry"]},
        "secrets": {
            "from": {"SCRIBE_MIGRATIONS_DATABASE_URL": {"name": "scribe-db-app", "key": "uri"}},
            "existingSecret": "scribe-secrets",
            "revision": "2",
        },
        "adminUserIds": ["9f1d3f5e-4f6b-4f0e-8f6d-0a4f4f0f2b11"],
        "corsOrigins": ["https://app.acme.org"],
        "models": {
            "parser": "fireworks:accounts/fireworks/models/small",
            "checker": "none",
            "fallback": {"composer": ["anthropic:a", "fireworks:b"]},
        },
        "telemetry": {"endpoint": "http://collector.monitoring:4318"},
        "config": {"SCRIBE_LOG_LEVEL": "debug"},
        "services": {
            "gateway": {
                "autoscaling": {"type": "hpa", "minReplicas": 2, "maxReplicas": 6},
                "image": {"digest": f"sha256:{'ab' * 32}"},
                "extraEnvFrom": [{"secretRef": {"name": "more"}}],
                "priorityClassName": "high",
            },
            "parser": KEDA,
            "scraper": {**KEDA, "env": {"SCRIBE_BROWSER_PAGES": 4}, "runtimeClassName": "gvisor"},
            "arxiv": {"autoscaling": {"type": "keda", "minReplicas": 0, "maxReplicas": 3}},
            "composer": {
                **KEDA,
                "extraVolumes": [{"name": "more", "emptyDir": {}}],
                "extraVolumeMounts": [{"name": "more", "mountPath": "/more"}],
                "extraContainers": [{"name": "beside", "image": "beside:1"}],
                "tolerations": [{"key": "spot", "operator": "Exists"}],
                "nodeSelector": {"kubernetes.io/arch": "amd64"},
            },
        },
        "serviceAccount": {"annotations": {"iam": "scribe"}},
        "ingress": {"enabled": True, "className": "nginx", "hosts": ["api.acme.org"], "tls": [{"hosts": ["a"]}]},
        "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}], "hostnames": ["api.acme.org"]},
        "networkPolicy": {
            "gatewayFrom": [{"namespaceSelector": {}}],
            "telemetryTo": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}],
        },
        "podMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
        "prometheusRule": {"enabled": True, "runbookBaseUrl": "https://wiki.acme.org/"},
        "dashboards": {"enabled": True, "annotations": {"folder": "Scribe"}},
        "test": {"tokenSecret": {"name": "user"}},
        "extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-more"}}],
    }
)

EVERY_POD: dict[str, Any] = {
    "extraEnv": [{"name": "PGSSLROOTCERT", "value": "/etc/ca/ca.crt"}],
    "extraEnvFrom": [{"configMapRef": {"name": "shared"}}],
    "extraVolumes": [{"name": "ca", "secret": {"secretName": "ca"}}],
    "extraVolumeMounts": [{"name": "ca", "mountPath": "/etc/ca", "readOnly": True}],
    "podAnnotations": {"team": "mail"},
    "podLabels": {"cost": "mail"},
    "nodeSelector": {"pool": "apps"},
    "tolerations": [{"key": "apps", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
    "hostAliases": [{"ip": "10.0.0.9", "hostnames": ["db.acme.org"]}],
    "dnsPolicy": "None",
    "dnsConfig": {"nameservers": ["10.0.0.10"], "options": [{"name": "ndots", "value": "1"}]},
    "priorityClassName": "high",
    "runtimeClassName": "gvisor",
    "extraEgress": [{"to": [{"ipBlock": {"cidr": "10.1.2.3/32"}}], "ports": [{"port": 5353, "protocol": "UDP"}]}],
}

DEVELOPMENT: Values = yaml.safe_load((SCRIBE_DEV / "scribe-values.yaml").read_text())

CASES: dict[str, Values] = {
    "least": LEAST,
    "development": DEVELOPMENT,
    "everything": EVERYTHING,
    "every-pod": with_least({"defaults": EVERY_POD}),
    "hook": with_least({"migrations": {"mode": "hook"}}),
    "no-migrations": with_least({"migrations": {"mode": "none"}}),
    "own-secret": {**LEAST, "secrets": {"values": dict.fromkeys(DATABASE_URLS, "postgresql://db/scribe")}},
    "open-network": with_least({"networkPolicy": {"enabled": False}}),
    "given-account": with_least({"serviceAccount": {"create": False, "name": "own"}}),
    "no-budgets": with_least({"defaults": {"pdb": {"enabled": False}}}),
    "service-monitor": with_least(
        {
            "serviceMonitor": {
                "enabled": True,
                "scrapeTimeout": "5s",
                "labels": {"release": "prometheus"},
                "relabelings": [{"action": "labeldrop", "regex": "endpoint"}],
                "metricRelabelings": [{"action": "drop", "sourceLabels": ["__name__"], "regex": "python_gc_.*"}],
            }
        }
    ),
    "own-lifecycle": with_least(
        {
            "defaults": {
                "extraInitContainers": [{"name": "first", "image": "first:1"}],
                "lifecycle": {"preStop": {"sleep": {"seconds": 20}}},
                "probes": {"startup": {"failureThreshold": 300}},
                "strategy": {"type": "Recreate"},
                "pdb": {"minAvailable": "50%"},
            }
        }
    ),
    "memory-scaling": with_least(
        {"services": {"gateway": {"autoscaling": {"type": "hpa", "cpu": 0, "memory": 80}}}},
    ),
    "node-port": with_least({"service": {"type": "NodePort", "port": 8000}, "fullnameOverride": "mailer"}),
}
