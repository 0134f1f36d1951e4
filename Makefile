# The two commands are `make run` and `make test`; `make help` lists the rest.
VENV   ?= .venv
PYTHON ?= python3
HOME_FOLDER ?= data
BIN    := $(VENV)/bin
UV     := $(shell uv --version >/dev/null 2>&1 && echo uv)

export DO_NOT_TRACK := 1
export DAGSTER_DISABLE_TELEMETRY := yes
export GX_ANALYTICS_ENABLED := false

.PHONY: help run test lint format lock clean

help:  ## List what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.installed  ## Make a sample association and run the night on it (HOME_FOLDER=data)
	@test -d $(HOME_FOLDER)/landing || $(BIN)/mizan sample $(HOME_FOLDER)
	$(BIN)/mizan run --home $(HOME_FOLDER)

test: $(VENV)/.installed-dev  ## Run every test
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev  ## Check style, SQL and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests
	$(BIN)/mypy

format: $(VENV)/.installed-dev  ## Rewrite Python and SQL in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfluff fix --processes 2 --disable-progress-bar dbt_project/models dbt_project/tests

lock:  ## Pin every dependency again (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras -q -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-strip-extras -q -c requirements.lock -o requirements-dev.lock

clean:  ## Remove the environment and caches, never data
	rm -rf $(VENV) .pytest_cache .hypothesis .mypy_cache .ruff_cache dbt_project/target dbt_project/logs

# $(1): the lock file to install from. The project itself is linked, not copied, so that it runs from this folder.
ifdef UV
define install
	uv venv --quiet --allow-existing --no-python-downloads --python ">=3.11,<3.14" $(VENV)
	uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1)
	uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
endef
else
define install
	$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else "Mizan needs Python 3.11 to 3.13: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
endef
endif

$(VENV)/.installed: requirements.lock pyproject.toml
	$(call install,requirements.lock)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml
	$(call install,requirements-dev.lock)
	@touch $@ $(VENV)/.installed
