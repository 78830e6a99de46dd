# Everything that is done with this repository, in thin targets. `make help` lists them.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
WEB := $(BIN)/python hatch_build.py
PYTEST_ARGS ?= -n 2
BENCH_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup web browser demo test e2e screenshots check format chaos search bench bench-short bench-peers docs lock clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv with what is locked in requirements.lock, and this package in it

$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

web: setup ## Build the web app, where its sources changed
	$(WEB)

browser: ## Install Chromium for the browser tests where there is none (Debian, as root; elsewhere it is yours to do)
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
		else echo "There is no Chromium: the browser tests will be skipped."; fi

demo: web ## Start everything with example workflows and sample cases; Ctrl-C ends it
	$(BIN)/casework demo

test: web browser ## Run the tests (PYTEST_ARGS="-n 2" unless told otherwise), the last in a real Chromium
	$(BIN)/pytest $(PYTEST_ARGS) --ignore=tests/core --ignore=tests/e2e --ignore=tests/webhooks
	$(BIN)/pytest tests/webhooks  # alone: what is told waits for the transactions of the whole database server
	$(BIN)/pytest $(PYTEST_ARGS) tests/core --cov=casework.core --cov-branch --cov-report=term:skip-covered --cov-fail-under=100
	$(MAKE) e2e

e2e: web browser ## Run the browser tests; what fails is tried once more, alone: a browser beside others may be starved
	$(BIN)/pytest $(PYTEST_ARGS) tests/e2e || $(BIN)/pytest --last-failed --last-failed-no-failures none tests/e2e

screenshots: web browser ## Take the pictures of docs/screens.md anew
	CASEWORK_SCREENSHOTS=1 $(BIN)/pytest tests/e2e/test_screenshots.py

check: web ## Check format, lint, types, architecture and budgets, of the server and the web app
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q -p no:randomly tests/docs/test_budgets.py
	$(WEB) --check

format: setup ## Format, and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

chaos: setup ## Kill processes at random for a long time, and count what was lost
	CASEWORK_CHAOS=long $(BIN)/pytest -m chaos --timeout=0 $(PYTEST_ARGS)

search: setup ## Try very many random workflows and commands against the rules of runs
	CASEWORK_EXAMPLES=20000 $(BIN)/pytest --timeout=0 $(PYTEST_ARGS) tests/core/test_machine.py tests/core/test_migrating_machine.py

bench: setup ## Measure (BENCH_ARGS passes arguments on)
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

bench-short: setup ## Run each measurement briefly, so that none of them rots
	$(BIN)/python -m benchmarks --short engine automation http lists large
	$(BIN)/python -m benchmarks --short browser || $(BIN)/python -m benchmarks --short browser  # once more, as browser tests

bench-peers: ## Install what automation is measured against, in an environment of its own (.bench)
	test -x .bench/bin/python || $(PYTHON) -m venv .bench
	.bench/bin/python -m pip install --quiet --disable-pip-version-check \
		dbos==3.4.0 langgraph==1.2.22 langgraph-checkpoint-postgres==3.2.0 'psycopg[binary]==3.3.9'

docs: setup ## Write the references in docs/ anew from the code
	$(BIN)/python tools/reference.py

lock: ## Lock the newest versions of all dependencies (needs uv)
	$(UV) pip compile --upgrade --generate-hashes --universal --python-version 3.11 pyproject.toml --group dev \
		-o requirements.lock --no-emit-index-url --no-header

clean: ## Remove everything that is made
	rm -rf $(VENV) web/node_modules web/.npm src/casework/web build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
