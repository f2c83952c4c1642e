# Everything from nothing but Python 3.11 (or later) and make.
#   make demo    count words on three counter processes
#   make test    lint, types and the whole suite
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet

.PHONY: demo test lint types suite format fuzz bench goldens clean
.DEFAULT_GOAL := test

$(BIN)/python:
	@echo "making .venv with $$($(PYTHON) --version)"
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "flowcc needs Python 3.11 or later: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv

# One stamp an extra: installed again only when pyproject.toml changes.
.venv/.installed: $(BIN)/python pyproject.toml
	@echo "installing flowcc into .venv"
	$(PIP) --editable .
	touch $@

.venv/.installed-test: .venv/.installed pyproject.toml
	@echo "installing what the tests need into .venv"
	$(PIP) --editable '.[test]'
	touch $@

.venv/.installed-bench: .venv/.installed pyproject.toml
	@echo "installing what the benchmarks compare with into .venv"
	$(PIP) --editable '.[bench]'
	touch $@

demo: .venv/.installed
	$(BIN)/python examples/demo.py

test: lint types suite

lint: .venv/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet . || { echo 'make format lays it out'; exit 1; }

types: .venv/.installed-test
	$(BIN)/mypy

suite: .venv/.installed-test
	$(BIN)/python -m pytest -q

format: .venv/.installed-test
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

# Many more programs and inputs than the suite has time for.
fuzz: .venv/.installed-test
	$(BIN)/python -m tests.kernels.fuzz 1000000
	$(BIN)/python -m tests.flows.fuzz 100000

bench: .venv/.installed-bench
	$(BIN)/python -m benchmarks

# Write the expected outputs anew; read the difference before committing it.
goldens: .venv/.installed-test
	UPDATE_GOLDENS=1 $(BIN)/python -m pytest -q tests

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis benchmarks/peers/dfir/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
