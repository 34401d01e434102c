# Everything a person types. Each target makes what it needs: an environment of its own in .venv, the front-end files.
# Needs Python 3.11 or later, make, and a way to the package index; no root.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
MARK := $(VENV)/.maillage
PYTEST := $(RUN) -m pytest
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help run demo serve test test-long screens mutants lint format assets wheel lock clean

help:  ## Show what can be typed
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: assets  ## Two nodes with a real call crossing from one to the other; Ctrl-C ends them
	@$(RUN) -m flask_maillage demo

demo: assets  ## The same on free ports, verified, cleaned up; ends with 0 or 1
	@$(RUN) -m flask_maillage demo --check

serve: assets  ## One real node in the folder node/: made at the first call, then served
	@test -f node/settings.toml || $(RUN) -m flask_maillage init
	@$(RUN) -m flask_maillage serve

test: assets $(MARK)-dev  ## What guards a change
	@$(RUN) -m tests.interop.javascript || true
	$(PYTEST) -n logical -m "not long and not later and not twin"

test-long: assets $(MARK)-dev  ## What takes longer: the rest of PostgreSQL, then what has to have the machine to itself
	$(PYTEST) -n logical -m "(twin or later) and not long"
	$(PYTEST) -m long

screens: assets $(MARK)-dev  ## A picture of every page in each way in which it is seen: screens/index.html; ONLY="home event" takes some
	@$(RUN) -m tests.browser.screens $(ONLY)

mutants: $(MARK)-dev  ## Change one thing at a time in what decides whom we believe, and see which test notices
	$(RUN) scripts/mutants.py

lint: $(MARK)-dev  ## Style and types
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

format: $(MARK)-dev  ## Put the code into its form
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

assets: $(MARK)  ## Front-end files and the gazetteer, as the lock files say
	@command -v npm >/dev/null 2>&1 || test -e $(VENV)/bin/npm || \
		$(RUN) -m pip install --quiet --require-hashes -r requirements-node.lock
	@$(RUN) scripts/assets.py
	@$(RUN) scripts/gazetteer.py

wheel: assets $(MARK)-dev  ## The package, in dist/
	$(RUN) -m hatchling build -t wheel

lock: $(MARK)-dev  ## Compile the pins anew, with hashes and without addresses
	$(RUN) scripts/lock.py

clean:  ## Take away what was made; nodes' data stay
	rm -rf $(VENV) screens dist .pytest_cache .mypy_cache .ruff_cache .make flask_maillage/static/vendor \
		flask_maillage/territory/gazetteer.sqlite3 tests/interop/node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Maillage needs Python 3.11 or later: make PYTHON=python3.11 …")'
	$(PYTHON) -m venv $(VENV)

$(MARK): requirements.lock pyproject.toml | $(VENV)/bin/python
	$(RUN) -m pip install --quiet --require-hashes -r requirements.lock
	$(RUN) -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(MARK)-dev: requirements-dev.lock requirements-pasture.lock $(MARK)
	$(RUN) -m pip install --quiet --require-hashes -r requirements-dev.lock
	$(RUN) -m pip install --quiet --require-hashes --no-deps -r requirements-pasture.lock
	@touch $@
