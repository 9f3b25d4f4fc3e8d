# One command for each thing people do here. `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
STAMPS := .venv/.stamps

# Tests spread over all cores; `make test PYTEST_ARGS="-x tests/engine"` narrows a run.
PYTEST_ARGS ?=
# `make lock LOCK_ARGS=--upgrade` takes newer versions.
LOCK_ARGS ?=
# `make simulate SEEDS=1-10000` plays more.
SEEDS ?= 1-2000

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format system-packages simulate bench lock clean

help:  ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 26

setup: $(STAMPS)/package $(STAMPS)/assets  ## Create or update .venv and the front-end assets

$(BIN)/python:
	$(PYTHON) scripts/check_python.py
	$(PYTHON) -m venv .venv

$(STAMPS)/requirements: requirements/runtime.txt requirements/dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements/runtime.txt -r requirements/dev.txt
	@mkdir -p $(STAMPS) && touch $@

# No build isolation: the build backend is in the lock, with its hash.
$(STAMPS)/package: pyproject.toml hatch_build.py $(STAMPS)/requirements
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/assets: package.json package-lock.json scripts/build_assets.py scripts/icons.txt $(STAMPS)/requirements
	$(BIN)/python scripts/build_assets.py
	@mkdir -p $(STAMPS) && touch $@

demo: setup  ## Run central servers and remote sites with data on this machine
	$(BIN)/msupply demo

test: setup system-packages  ## Run all checks, then all tests
	@echo "== Checks: format, lint, types, layers, Django"
	@$(MAKE) --no-print-directory check
	@echo "== Tests of the engine, on its toy app"
	$(BIN)/python -m pytest -n auto -c tests/engine/pytest.ini tests/engine
	@echo "== Tests: all others, on all cores, in random order"
	$(BIN)/python -m pytest -n auto $(PYTEST_ARGS)

system-packages:
	@echo "== System packages: PostgreSQL and Chromium"
	@scripts/system-packages.sh

check: setup  ## Run every check that is not a test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=msupply.settings $(BIN)/python -m django check
	DJANGO_SETTINGS_MODULE=msupply.settings $(BIN)/python -m django makemigrations --check --dry-run

format: setup  ## Format the code and fix what can be fixed by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

simulate: setup  ## Play thousands of seeds of a country with bad lines and power cuts
	$(BIN)/msupply simulate --seeds $(SEEDS)

bench: setup  ## Measure what the README claims
	$(BIN)/python -m bench

lock: setup  ## Write the requirement files anew from pyproject.toml
	$(BIN)/python scripts/lock.py $(LOCK_ARGS)

clean:  ## Remove everything that the other commands made
	rm -rf .venv node_modules build dist msupply/web/static/vendor
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
