# Roulian 柔链: the commands of the house. `make help` lists them.
# What each needs is a stamp file, so a warm start only compares times.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
NAME ?=
ARGS ?=

# A Python from the system only, never a downloaded one.
export UV_PYTHON_DOWNLOADS := never
# A warm start is a third slower without cached bytecode, whatever the shell around us prefers.
unexport PYTHONDONTWRITEBYTECODE

UV_ON_PATH := $(shell command -v uv)
UV := $(or $(UV_ON_PATH),$(CURDIR)/.tools/uv/bin/uv)
PY := .venv/bin/python

# .venv/dev.stamp stands for everything, .venv/run.stamp for what `make run` needs: the first covers the second.
RUN_READY := $(if $(wildcard .venv/dev.stamp),.venv/dev.stamp,.venv/run.stamp)

FRONT_LOCK := $(wildcard frontend/package-lock.json)
FRONT_SOURCES := $(shell [ -d frontend ] && find frontend -type f \
	-not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/.*' 2>/dev/null)

# Clients of WeChat that others wrote, each in an environment of its own: the sandbox is held to them.
CLIENTS := tests/conformance/clients
PYTHON_CLIENTS := wechatpy1 wechatpy2 wechatpayv3
CLIENTS_READY := $(PYTHON_CLIENTS:%=$(CLIENTS)/%/.venv/stamp) $(CLIENTS)/node/node_modules/.installed

.PHONY: help run clients sandbox-clients test test-python test-browser test-console check lint check-console fmt bench lock clean console

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN_READY) console ## install what is missing, build the console, start the sample brand; prints its address
	@exec .venv/bin/roulian run $(ARGS)

test: .venv/dev.stamp clients test-console console ## all tests: the console, a real browser, Python on SQLite and PostgreSQL
	@$(MAKE) --no-print-directory test-browser
	@$(MAKE) --no-print-directory test-python

test-browser: .venv/dev.stamp console ## the console in a real browser; apart, since Playwright keeps its process's event loop
	@$(PY) -m pytest tests/e2e

test-python: .venv/dev.stamp clients ## the Python tests without a browser (ARGS="tests/stages -k pay" to choose)
	@$(PY) -m pytest -n 2 --dist loadgroup --ignore=tests/e2e $(ARGS)

clients: $(CLIENTS_READY) ## install the clients of WeChat that the sandbox is held to

sandbox-clients: .venv/dev.stamp clients ## walk every client through the sandbox and write docs/sandbox-clients.md anew
	@$(PY) tests/conformance/table.py

check: ## everything: lint, then all tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test

lint: .venv/dev.stamp ## style, types, architecture, dependencies: everything that needs no test run
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy src tools
	@PYTHONPATH=src .venv/bin/lint-imports --no-cache
	@.venv/bin/deptry src
	@.venv/bin/bandit -q -ll -r src -c pyproject.toml
	@.venv/bin/vulture
	@$(MAKE) --no-print-directory check-console

fmt: .venv/dev.stamp ## put the Python sources in order
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: .venv/dev.stamp ## one benchmark (NAME=store) or all; writes benchmarks/results/NAME.json
	@$(PY) tools/bench.py $(NAME)

lock: $(UV) ## choose versions anew; the lock files hold hashes and no addresses
	@$(UV) pip compile -q pyproject.toml --python-version 3.11 --universal --generate-hashes \
		--no-header --no-annotate --no-emit-index-url -o requirements.lock $(ARGS)
	@$(UV) pip compile -q pyproject.toml --group dev --python-version 3.11 --universal --generate-hashes \
		--no-header --no-annotate --no-emit-index-url -c requirements.lock -o requirements-dev.lock $(ARGS)
	@for client in $(PYTHON_CLIENTS); do $(UV) pip compile -q $(CLIENTS)/$$client/requirements.in \
		--python-version 3.11 --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
		-o $(CLIENTS)/$$client/requirements.lock $(ARGS); done

clean: ## forget everything that was installed or built (the brand's own files in var/ stay)
	@rm -rf .venv .tools frontend/node_modules frontend/*/dist $(CLIENTS)/*/.venv $(CLIENTS)/*/node_modules

$(CURDIR)/.tools/uv/bin/uv:
	@$(PYTHON) tools/get_uv.py .tools/uv

.venv/bin/python: | $(UV)
	@$(UV) venv -q --python $(PYTHON) .venv

.venv/run.stamp: requirements.lock tools/link.py | .venv/bin/python
	@$(UV) pip install -q --compile-bytecode --python $(PY) --require-hashes -r requirements.lock
	@$(PY) tools/link.py
	@touch $@

.venv/dev.stamp: requirements-dev.lock tools/link.py | .venv/bin/python
	@$(UV) pip sync -q --compile-bytecode --python $(PY) --require-hashes requirements-dev.lock
	@$(PY) tools/link.py
	@touch $@

$(CLIENTS)/%/.venv/stamp: $(CLIENTS)/%/requirements.lock | $(UV)
	@$(UV) venv -q --clear --python $(PYTHON) $(@D)
	@$(UV) pip install -q --compile-bytecode --python $(@D)/bin/python --require-hashes -r $<
	@touch $@

$(CLIENTS)/node/node_modules/.installed: $(CLIENTS)/node/package-lock.json
	@cd $(CLIENTS)/node && CI=1 npm ci --silent --no-fund --no-audit
	@touch $@

ifneq ($(FRONT_LOCK),)
console: frontend/node_modules/.built

test-console: frontend/node_modules/.installed ## the console's own unit tests
	@cd frontend && CI=1 npm test --silent

check-console: frontend/node_modules/.installed
	@cd frontend && CI=1 npm run check --silent

frontend/node_modules/.installed: frontend/package-lock.json
	@cd frontend && CI=1 npm ci --silent --no-fund --no-audit
	@touch $@

frontend/node_modules/.built: frontend/node_modules/.installed $(FRONT_SOURCES)
	@cd frontend && CI=1 npm run build --silent
	@touch $@
else
console test-console check-console:
	@:
endif
