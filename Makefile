# Everything that is done to this project. `make help` lists it.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(subst /,-,$(PYTHON)))
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
INSTANCE ?= instance
# An environment has the path of its folder and its interpreter written into it. One that was
# copied or moved here would serve the rules of the other folder; it is never used, but made anew.
WHICH := import os, sys; print(os.path.realpath(sys.executable), sys.version.split()[0])
OWNER := $(CURDIR) $(shell $(PYTHON) -c '$(WHICH)' 2>/dev/null)
export HOST PORT INSTANCE OWNER

PIP := locks/install.sh pip $(VENV)

# What differs between interpreters: arithmetic of answers, headers of mail, forms, threads, SQLite.
# What holds of the shipped rules, once an engine decides as its definition says, holds on each.
CORE := tests/engine tests/proof/test_brute_force.py tests/proof/test_plain.py \
  tests/proof/test_shipped.py tests/practice tests/web tests/test_cli.py tests/test_cli_clinic.py \
  --ignore=tests/engine/test_shipped.py --ignore=tests/engine/test_short_walks.py \
  --ignore=tests/practice/intake/test_for_clinic_any.py \
  --ignore=tests/practice/responses/test_recheck_any.py \
  --ignore=tests/web/walk/test_shipped.py --ignore=tests/web/walk/test_hostile.py \
  -k "not postgresql and not PostgreSQL"

# As many tests at a time as there are cores, up to four; on a machine with one, one after another.
EACH_CORE := -n auto --dist worksteal

.PHONY: help setup run test coverage test-core test-ready test-slow sure format lint types check mutants bench bench-ready stress image lock audit deb clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/runtime.done  ## Install what serving needs, from the locks

run: $(VENV)/runtime.done  ## Serve the self-assessment on http://127.0.0.1:8000 (HOST, PORT, INSTANCE)
	@exec $(BIN)/assessment serve

test: $(VENV)/dev.done  ## Run the tests
	@$(BIN)/python -m pytest $(EACH_CORE)

coverage: $(VENV)/dev.done  ## Run the tests and count which lines they reach; takes much longer
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest $(EACH_CORE)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

test-ready: $(VENV)/dev.done  ## Install what the tests need

# A file of these has images, networks or a server that all of its tests use.
test-slow: $(VENV)/dev.done  ## Run the tests that take minutes, and are not in `make test` (ONLY)
	@$(BIN)/python -m pytest $(EACH_CORE) --dist loadfile -m slow $(ONLY)

test-core: $(VENV)/dev.done  ## Run what another Python could change: PYTHON=python3.13 make test-core
	@$(BIN)/python -m pytest $(EACH_CORE) $(CORE)

sure: format lint types check test  ## Run every check that must pass before you propose a change

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

mutants: $(VENV)/dev.done  ## Put small faults into the shipped protocol and count which are noticed (SAMPLE, SEED)
	@$(BIN)/python -m tests.proof.mutant_score $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED))
	@$(BIN)/python -m tests.safety_figures

bench: $(VENV)/bench.done  ## Measure speed, each figure against a reference in the same run
	@$(BIN)/python -m bench

stress: $(VENV)/dev.done  ## Kill it, lock its tables, fill its disk; count what is lost (SENDS, SEED, DATABASE_URL)
	@$(BIN)/python -m tests.stress

image: $(VENV)/runtime.done  ## Build the container images into dist/image (root, debootstrap, buildah)
	@$(BIN)/python deploy/container/build_images.py dist/image

lock: $(VENV)/dev.done  ## Write the lock files and the list of parts anew from pyproject.toml
	@$(PIP) pip-tools
	@for set in runtime dev bench; do \
	  case $$set in \
	    runtime) extras="--extra build --extra postgresql --extra machines --extra traces" ;; \
	    dev) extras="--extra build --extra postgresql --extra machines --extra traces --extra dev" ;; \
	    bench) extras="--extra build --extra postgresql --extra machines --extra traces --extra dev --extra bench" ;; \
	  esac; \
	  $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	    --no-annotate --no-emit-index-url --no-emit-find-links $$extras \
	    --output-file locks/$$set.txt pyproject.toml || exit 1; \
	done
	@$(BIN)/python -m locks.parts

.PHONY: release
release: $(VENV)/runtime.done  ## Build the release of this tag into dist/, twice, and compare (GPG_KEY, MINISIGN_KEY)
	@$(BIN)/python deploy/release.py

audit: $(VENV)/runtime.done  ## Ask the public list of advisories about every part (needs the internet)
	@$(BIN)/python -m locks.audit

deb: $(VENV)/runtime.done  ## Build the package for Debian 12 and 13 into dist/ (VERSION)
	@$(BIN)/python deploy/debian/build.py $(if $(VERSION),--version $(VERSION)) dist

clean:  ## Remove what was built (never the instance folder)
	rm -rf .venv* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis htmlcov .coverage*

ifneq ($(OWNER),$(shell cat $(VENV)/owner 2>/dev/null))
.PHONY: $(VENV)/runtime.done
endif

$(VENV)/runtime.done: locks/runtime.txt pyproject.toml
	@locks/install.sh check $(VENV) $(PYTHON)
	@echo "Setting up (once; about a minute) ..."
	@[ "$$(cat $(VENV)/owner 2>/dev/null)" = "$$OWNER" ] || rm -rf $(VENV)
	@locks/install.sh new $(VENV) $(PYTHON)
	@$(PIP) --require-hashes -r locks/runtime.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@printf '%s\n' "$$OWNER" > $(VENV)/owner
	@touch $@

$(VENV)/dev.done: locks/dev.txt $(VENV)/runtime.done
	@$(PIP) --require-hashes -r locks/dev.txt
	@touch $@

$(VENV)/bench.done: locks/bench.txt $(VENV)/runtime.done
	@$(PIP) --require-hashes -r locks/bench.txt
	@touch $@
