# Everything that is done to this project. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
INSTANCE ?= instance
export HOST PORT INSTANCE

# Keeps pip to the point: no advice about newer versions, no questions.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet

.PHONY: help setup run test test-slow sure format lint types check mutants bench bench-ready stress lock clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/runtime.done  ## Install what serving needs, from the locks

run: $(VENV)/runtime.done  ## Serve the self-assessment on http://127.0.0.1:8000 (HOST, PORT, INSTANCE)
	@exec $(BIN)/assessment serve

test: $(VENV)/dev.done  ## Run the tests
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

test-slow: $(VENV)/dev.done  ## Run the tests that take longer, too
	@$(BIN)/python -m pytest -m "slow or not slow"

sure: format lint types check test  ## Run everything that continuous integration runs

format: $(VENV)/dev.done  ## Format the code
	@$(BIN)/ruff format .

lint: $(VENV)/dev.done  ## Look for faults in the code
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(VENV)/dev.done  ## Check the types
	@$(BIN)/mypy

check: $(VENV)/dev.done  ## Check the shipped protocol and its schemas
	@$(BIN)/assessment check muscle_pain
	@$(BIN)/assessment schema --check

bench-ready: $(VENV)/bench.done  ## Install what only the benchmarks need

mutants: $(VENV)/dev.done  ## Put small faults into the shipped rules and count which are noticed (SAMPLE)
	@$(BIN)/python -m tests.proof.mutant_score $(if $(SAMPLE),--sample $(SAMPLE))
	@$(BIN)/python -m tests.safety_figures

bench: $(VENV)/bench.done  ## Measure speed, each figure against a reference in the same run
	@$(BIN)/python -m bench

stress: $(VENV)/dev.done  ## Kill it, lock its tables, fill its disk; count what is lost (SENDS, SEED, DATABASE_URL)
	@$(BIN)/python -m tests.stress

lock: $(VENV)/dev.done  ## Write the lock files anew from pyproject.toml
	@$(PIP) pip-tools
	@for set in runtime dev bench; do \
	  case $$set in \
	    runtime) extras="--extra build --extra postgresql" ;; \
	    dev) extras="--extra build --extra postgresql --extra dev" ;; \
	    bench) extras="--extra build --extra postgresql --extra dev --extra bench" ;; \
	  esac; \
	  $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	    --no-annotate --no-emit-index-url --no-emit-find-links $$extras \
	    --output-file locks/$$set.txt pyproject.toml || exit 1; \
	done

clean:  ## Remove what was built (never the instance folder)
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis htmlcov .coverage*

$(VENV)/runtime.done: locks/runtime.txt pyproject.toml
	@echo "Setting up (once; about a minute) ..."
	@python3 -m venv $(VENV) || { echo "This needs python3 and python3-venv: apt install python3-venv"; exit 1; }
	@$(PIP) --require-hashes -r locks/runtime.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.done: locks/dev.txt $(VENV)/runtime.done
	@$(PIP) --require-hashes -r locks/dev.txt
	@touch $@

$(VENV)/bench.done: locks/bench.txt $(VENV)/runtime.done
	@$(PIP) --require-hashes -r locks/bench.txt
	@touch $@
