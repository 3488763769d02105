# Each target sets up what it needs: a virtual environment in .venv, made with PYTHON (3.10 or newer).
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; name one with: make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -m venv .venv
	@echo "installing into .venv (once, a minute or two) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

sandbox: $(STAMP) ## deploy the stack into an AWS inside the process and play an incident (EVENTS=file: yours)
	@$(BIN)/guard sandbox $(if $(EVENTS),--events $(EVENTS))

test: lint ## lint, types, import contracts, tests
	$(BIN)/pytest

lint: $(STAMP) ## ruff, mypy, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(STAMP) ## write the generated tables of README and docs anew
	$(BIN)/python -m guard.cli.docs

bench: $(STAMP) ## measure what the docs claim
	@for file in benchmarks/[a-z]*.py; do $(BIN)/python $$file; done

.PHONY: help sandbox test lint docs bench
.DEFAULT_GOAL := help
