# Every command a person needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
RUN_PACKAGES := python3-venv fonts-hanazono
TEST_PACKAGES := poppler-utils qpdf zbar-tools chromium mariadb-server-core mariadb-client-core softhsm2 redis-server
# Where the tests' databases and browsers write: memory, if there are 8 GB of it to spare.
TEST_TMP := $(shell test -w /dev/shm && test "$$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -ge 8000000 2>/dev/null && echo /dev/shm || echo $${TMPDIR:-/tmp})
# One more than there are processors: tests of whole processes wait now and then.
TEST_PROCESSES := $(shell n=$$(($$(nproc) + 1)); echo $$((n < 4 ? n : 4)))

# Installs missing Debian packages when root, otherwise prints the one command.
define debian
	@missing=""; for package in $(1); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then echo "== Debian packages:$$missing"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing >/dev/null; \
	  else echo "Missing Debian packages. Run: sudo apt-get install -y$$missing"; exit 1; fi; fi
endef

.PHONY: help setup demo demo-data test test-slow bench lint format requirements sbom audit clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.venv/.ready: requirements-dev.txt pyproject.toml
	$(call debian,$(RUN_PACKAGES))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=... chooses one)"; exit 1; }
	@echo "== Python environment (.venv), pinned"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/.ready ## environment, fonts, demo keys, database; safe to repeat
	@$(BIN)/creditreport setup

demo-data: setup ## fill the demo's department sources and the register
	@$(BIN)/creditreport demo fill

demo: demo-data ## the whole product on invented data, at 127.0.0.1:8000 (PORT=... changes it)
	@$(BIN)/creditreport demo serve --port $(PORT)

# Bytecode is kept, whatever the environment says: hundreds of processes are started that would each compile the program.
test: setup ## all tests (also installs what the tests need)
	$(call debian,$(TEST_PACKAGES))
	@folder=$$(mktemp -d -p $(TEST_TMP) creditreport-XXXXXX); chmod 711 $$folder; trap 'rm -rf "$$folder"' EXIT; \
	TMPDIR=$$folder env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder

.PHONY: drills
drills: setup ## faults in a running town of real processes, 500 reports (ISSUES=... changes it); a table of what was tried
	$(call debian,$(TEST_PACKAGES))
	@$(BIN)/python -m pytest -p no:xdist -s tests/drills --issues $(or $(ISSUES),500)

test-slow: setup ## each byte of a signed report changed in turn, two reports (about an hour)
	$(call debian,$(TEST_PACKAGES))
	@$(BIN)/python -m pytest --every-byte tests/integration/test_tamper.py

bench: setup ## all benchmarks, one table (BENCH="--full" for a million businesses; needs half an hour then)
	@$(BIN)/python -m tests.bench.run $(BENCH)

lint: .venv/.ready ## ruff, mypy --strict, templates, manifests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/creditreport templates check
	@$(BIN)/creditreport domains check
	@$(BIN)/creditreport rules check

format: .venv/.ready ## put the code in the one style
	@$(BIN)/ruff check --fix-only -q . && $(BIN)/ruff format -q .

requirements: .venv/.ready ## pin the dependencies anew
	@CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --upgrade -o requirements.txt pyproject.toml
	@CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --strip-extras --allow-unsafe --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml

sbom: .venv/.ready ## what the program runs on: var/sbom.json (CycloneDX) and deploy/LICENCES.md
	@mkdir -p var
	@$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible -o var/sbom.json
	@$(BIN)/python deploy/licences.py

audit: .venv/.ready ## known vulnerabilities of what the program runs on; fails where they cannot be looked up
	@$(BIN)/python deploy/audit.py

clean: ## forget everything that was made at run time (keeps .venv)
	rm -rf var
