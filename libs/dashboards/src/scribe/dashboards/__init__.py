"""Dashboards and alerts as code: `python -m scribe.dashboards [--check]` writes what the chart ships.

grafana.py   what a dashboard, a row and a panel are, and their JSON
queries.py   the PromQL that several panels share
boards/      the dashboards, one a module
slo.py       the two objectives: recorded ratios, burn-rate alerts
alerts.py    the other alerts
rules.py     what a rule is, and its YAML
"""
