# Each target sets up what it needs: a virtual environment in .venv, made with PYTHON (3.10 or newer).
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
FRESH := .work/fresh
PROWLER_VERSION := 5.46.0
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url --no-header

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml requirements.txt requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; name one: make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -m venv .venv || { echo "python3 has no venv module; on Debian: apt install python3-venv"; exit 2; }
	@echo "installing into .venv (once, some minutes on a slow line) ..."
	@$(PIP) --require-hashes -r requirements/dev.txt
	@PYTHONWARNINGS=ignore $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

sandbox: $(STAMP) ## deploy the stack into an AWS inside the process and play an incident (EVENTS=file: yours)
	@$(BIN)/guard sandbox $(if $(EVENTS),--events $(EVENTS))

test: lint ## lint, types, import contracts, tests
	$(BIN)/pytest -n auto --dist loadfile

engine: $(STAMP) ## the tests on the real Pulumi engine; `pulumi` must be on the PATH
	@command -v pulumi >/dev/null || { echo "no pulumi on the PATH: https://www.pulumi.com/docs/install/"; exit 2; }
	$(BIN)/pytest tests/engine

workflows: $(STAMP) ## the tests of the GitHub workflows; actionlint must be on the PATH
	@command -v actionlint >/dev/null || { echo "no actionlint on the PATH: https://github.com/rhysd/actionlint"; exit 2; }
	$(BIN)/pytest tests/test_workflows.py

prowler: $(STAMP) ## Prowler, in .prowler, over the rendered stack and over the sandbox served on a port (minutes)
	@test -x .prowler/bin/prowler || { echo "installing Prowler into .prowler (once, some minutes) ..."; \
		$(BIN)/uv venv --quiet --python $(BIN)/python .prowler && \
		$(BIN)/uv pip install --quiet --python .prowler/bin/python prowler==$(PROWLER_VERSION); }
	PROWLER_RUN=1 $(BIN)/pytest tests/compliance

lint: $(STAMP) ## ruff, mypy, import contracts, generated tables
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m guard.cli.docs --check

docs: $(STAMP) ## write the generated tables of README and docs anew
	$(BIN)/python -m guard.cli.docs

events: $(STAMP) ## write the table of event names anew, from botocore as locked
	$(BIN)/python -m guard.rules.event_table

surface: $(STAMP) ## record flags, config keys, JSON fields and rules, which a later change may not drop unnoticed
	$(BIN)/python -m tests.surface

bench: $(STAMP) ## measure what the docs claim
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

wheel: $(STAMP) ## build and check the wheel and the sdist
	@rm -rf dist
	@$(BIN)/python -m build --quiet
	@$(BIN)/twine check --strict dist/*

fresh: wheel ## install the wheel into an environment of its own, and run the sandbox from it
	@rm -rf $(FRESH) && $(PYTHON) -m venv $(FRESH)/venv
	@$(FRESH)/venv/bin/pip install --quiet --disable-pip-version-check "$$(ls dist/*.whl)[sandbox]"
	@cp Pulumi.yaml Pulumi.dev.yaml __main__.py $(FRESH)
	@cd $(FRESH) && venv/bin/guard sandbox

audit: $(STAMP) ## known weaknesses of the locked packages
	$(BIN)/pip-audit --require-hashes --disable-pip -r requirements/dev.txt

lock: $(STAMP) ## lock the packages anew, with hashes: of development, and of what CI runs with a role
	$(LOCK) --extra dev --output-file requirements/dev.txt pyproject.toml requirements/build.in
	$(LOCK) --extra cli --output-file requirements/cli.txt --constraint requirements/dev.txt pyproject.toml

.PHONY: help sandbox test engine workflows prowler lint docs surface events bench wheel fresh audit lock
.DEFAULT_GOAL := help
