# `make` alone lists the targets. Every target first makes sure that .venv holds the locked dependencies.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/bin/uv
RUN := $(VENV)/bin/
STAMP := $(VENV)/.synced
# Three on two cores: tests wait for servers and processes for four tenths of their time.
WORKERS ?= 3
SOURCES := libs services migrations tests benchmarks

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Scribe needs Python 3.11 to 3.13; name one with: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	@$(RUN)pip install --quiet --disable-pip-version-check uv

$(STAMP): $(UV) uv.lock pyproject.toml $(wildcard libs/*/pyproject.toml services/*/pyproject.toml migrations/pyproject.toml)
	@$(UV) sync --frozen --quiet --compile-bytecode
	@touch $@

.PHONY: demo
demo: $(STAMP) ## Write one e-mail with everything on this machine, and stop; needs no keys
	@$(RUN)scribe demo

.PHONY: up
up: $(STAMP) ## Start the whole platform on this machine; Ctrl-C stops it
	@$(RUN)scribe up

.PHONY: setup
setup: $(STAMP) ## Install the locked dependencies into .venv; the others do it by themselves

.PHONY: test
test: $(STAMP) ## Run all tests
	@$(RUN)pytest -n $(WORKERS) --dist loadgroup

.PHONY: test-busy
test-busy: $(STAMP) ## Run all tests beside six busy processes: there a test may be slow, never wrong
	@for number in 1 2 3 4 5 6; do $(RUN)python -c 'while True: pass' & done; trap 'kill $$(jobs -p)' EXIT; \
	  $(RUN)pytest -n $(WORKERS) --dist loadgroup $(ONLY)

.PHONY: fuzz
fuzz: $(STAMP) ## Send the API valid and invalid requests for BUDGET minutes (10), new ones each time
	@SCRIBE_FUZZ_MINUTES=$(or $(BUDGET),10) $(RUN)pytest -q --timeout=0 tests/contract/test_openapi.py -k keeps_to_its_document

.PHONY: lint
lint: $(STAMP) ## Check style, formatting and which package imports which
	@$(RUN)ruff check $(SOURCES)
	@$(RUN)ruff format --check $(SOURCES)
	@$(RUN)lint-imports --no-logo

.PHONY: format
format: $(STAMP) ## Format the code
	@$(RUN)ruff check --fix-only $(SOURCES)
	@$(RUN)ruff format $(SOURCES)

.PHONY: types
types: $(STAMP) ## Check types, strictly, tests included
	@$(RUN)mypy

.PHONY: eval
eval: $(STAMP) ## Judge research and writing: make eval [MODEL=provider:model|stand-in|files:DIR] [TRIALS=DIR] [KEEP=by-whom]
	@$(RUN)python -m scribe.evaluation $(if $(MODEL),--model $(MODEL)) $(if $(READER),--reader-model $(READER)) \
	  $(if $(CHECKER),--checker-model $(CHECKER)) $(if $(TRIALS),--trials $(TRIALS)) $(if $(ONLY),--only "$(ONLY)") \
	  $(if $(PART),--part $(PART)) $(if $(KEEP),--keep "$(KEEP)") $(if $(OUT),--out $(OUT))

.PHONY: chaos
chaos: $(STAMP) ## Cause faults in real processes and judge what is left: make chaos ITEMS=1000 CELLS=killed,read-only PEER=celery WRITE=1 CONTINUE=1
	@$(if $(PEER),$(UV) venv --quiet --allow-existing .peers && $(UV) pip install --quiet --python .peers/bin/python -r benchmarks/peers/requirements.txt,true)
	@$(RUN)python -m tests.chaos --items $(or $(ITEMS),1000) --seed $(or $(SEED),1) --cells "$(CELLS)" $(if $(PEER),--peer $(PEER)) $(if $(LANES),--lanes $(LANES)) $(if $(CONTINUE),--continue) $(if $(WRITE),--write)

.PHONY: soak
soak: $(STAMP) ## Work for MINUTES=30, and say whether memory, open files and tasks stay flat
	@$(RUN)python -m tests.chaos.soak --minutes $(or $(MINUTES),30)

.PHONY: bench
bench: $(STAMP) peers ## Measure everything beside its peers: make bench [ROUNDS=5] [ONLY=noop,growth] [FORCE=1] [GROWTH=100000]
	@GROWTH=$(GROWTH) CAMPAIGN=$(CAMPAIGN) $(RUN)python -m benchmarks --rounds $(or $(ROUNDS),5) $(if $(ONLY),--only $(ONLY)) $(if $(FORCE),--force)

PEERS := benchmarks/peers
PEERS_STAMP := $(PEERS)/.venv/.synced

$(PEERS_STAMP): $(UV) $(PEERS)/noop.txt
	@$(UV) venv --quiet --clear --python $(RUN)python $(PEERS)/.venv
	@$(UV) pip install --quiet --python $(PEERS)/.venv/bin/python --requirements $(PEERS)/noop.txt
	@touch $@

.PHONY: peers
peers: $(PEERS_STAMP) ## Install what the pipeline is measured beside, in an environment of its own; Celery also needs redis-server

.PHONY: profile
profile: $(STAMP) ## Profile each process of the pipeline with steps that do nothing, into .profiles
	@$(RUN)python -m benchmarks.profile

.PHONY: reference
reference: $(STAMP) ## Write the generated pages of docs/reference, the dashboards and the alerts
	@$(RUN)python -m scribe.local.reference
	@$(RUN)python -m scribe.gateway.reference
	@$(RUN)python -m scribe.dashboards

.PHONY: screenshots
screenshots: $(STAMP) ## Take the pictures of docs/images anew, from one run of the platform; needs Chromium and Prometheus
	@$(RUN)python -m tests.screenshots

TAG ?= 0.1.0
IMAGES := $(shell sed -n 's/^ENTRYPOINT \["tini", "--", "python", "-m", "scribe\.\(.*\)"\]/\1/p' Dockerfile)

.PHONY: images
images: ## Build every image, tagged TAG
	@command -v docker >/dev/null || { echo "make images needs docker on the PATH" >&2; exit 1; }
	@for target in $(IMAGES); do \
	  DOCKER_BUILDKIT=1 docker build --quiet $(DOCKER_BUILD_FLAGS) --target $$target --tag scribe-$$target:$(TAG) \
	    --build-arg VERSION=$(TAG) --build-arg REVISION=$$(git rev-parse HEAD) . >/dev/null || exit 1; \
	  echo "scribe-$$target:$(TAG)"; \
	done

.PHONY: release
release: $(STAMP) ## Push images of TAG and the charts to REGISTRY, with lists of contents; signed where cosign is installed
	@test -n "$(REGISTRY)" || { echo "make release needs REGISTRY=registry/path, such as ghcr.io/acme/scribe" >&2; exit 1; }
	@command -v docker >/dev/null && command -v helm >/dev/null || { echo "make release needs docker and helm on the PATH" >&2; exit 1; }
	@$(RUN)python deploy/release.py $(REGISTRY) $(TAG) $(if $(PLATFORMS),--platforms $(PLATFORMS)) $(if $(PLAIN_HTTP),--plain-http)

.PHONY: audit
audit: $(STAMP) ## Look the locked dependencies up among the known vulnerabilities; needs the internet
	@$(UV) audit --frozen --preview-features audit-command || { code=$$?; \
	  [ $$code -ne 2 ] || echo "make audit: nothing was checked; the list of known vulnerabilities could not be read from here" >&2; exit $$code; }

.PHONY: chart
chart: $(STAMP) ## Write the charts' READMEs and golden renders, and check both charts
	@$(RUN)python deploy/helm/nats_users.py
	@$(RUN)python deploy/helm/settings.py
	@$(RUN)python deploy/helm/readme.py
	@$(RUN)python -m tests.chart.golden
	@$(RUN)pytest -q tests/chart

.PHONY: e2e-cluster
e2e-cluster: $(STAMP) ## Try both charts on the current kubectl context; PREVIOUS=tag is rolled over to TAG; PROMETHEUS=image watches, NGINX=image routes
	@command -v kubectl >/dev/null && kubectl config current-context >/dev/null 2>&1 \
	  || { echo "make e2e-cluster needs kubectl with a current context, and the images of make images on its nodes" >&2; exit 1; }
	@SCRIBE_TESTS_CLUSTER=1 SCRIBE_CLUSTER_PROMETHEUS=$(PROMETHEUS) SCRIBE_CLUSTER_NGINX=$(NGINX) \
	  SCRIBE_CLUSTER_REPORT=$(REPORT) TAG=$(TAG) PREVIOUS=$(PREVIOUS) $(RUN)pytest -v tests/cluster

.PHONY: clean
clean: ## Remove what the other targets made
	@rm -rf $(VENV) .scribe .mypy_cache .ruff_cache .pytest_cache .hypothesis
