# Everything from nothing but Python 3.11 (or later) and make.
#   make demo    count words on three counter processes
#   make test    lint, types and the whole suite, in minutes
#   make long    many more programs, kernels and inputs, in less than an hour
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# Workers that run tests: one a core, at most eight, as each takes a gigabyte. `make suite WORKERS=1` for one.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || sysctl -n hw.ncpu); echo $$((n < 8 ? n : 8)))
# worksteal: half of the tests are much slower than the others, so a worker that has none left takes some of another's.
PYTEST := $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet

.PHONY: demo test lint types suite long format bench goldens clean
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
	$(PYTEST)

# A new seed for each run, so that each tries something else; `make long SEED=…` repeats one.
long: SEED := $(or $(SEED),$(shell date +%s))
long: .venv/.installed-test
	FLOWCC_SEED=$(SEED) $(PYTEST) -m long --hypothesis-seed=$(SEED) --durations=15

format: .venv/.installed-test
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: .venv/.installed-bench
	$(BIN)/python -m benchmarks

# Write the expected outputs anew; read the difference before committing it.
goldens: .venv/.installed-test
	UPDATE_GOLDENS=1 $(BIN)/python -m pytest -q tests

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis benchmarks/peers/dfir/target
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
