# Needs make and Python 3.11 to 3.14; everything else goes into $(VENV), by .ci/install.
#   make report PYTHON=/path/to/python3.12    with a Python of your choice
#   make report VENV=/path/to/venv            with an environment made before

VENV ?= .venv
PYTHON ?=
# how many tests run at once: auto is one per core
WORKERS ?= auto
LOCK_FLAGS ?=
# what `make test-all` runs on
PYTHONS ?= 3.11 3.12 3.13
UV := uv==0.13.9

BIN := $(VENV)/bin
PY := $(BIN)/python
# The checkout comes first, so that an environment made for another checkout still runs this one.
RUN := PYTHONPATH="$(CURDIR)" $(BIN)/amyqa

# Stamps are named by content, not by time: neither a fresh clone nor a change of branch
# reinstalls what is there, and a changed lock always does.
RUNTIME := $(VENV)/.amyqa-runtime-$(firstword $(shell cat requirements.lock pyproject.toml | cksum))
DEV := $(VENV)/.amyqa-dev-$(firstword $(shell cat requirements-dev.lock pyproject.toml | cksum))
# An environment whose Python has gone (upgraded, uninstalled) is made anew, whatever its stamps say.
GONE := $(shell $(PY) -I -c '' 2>/dev/null || echo gone)

ifneq ($(words $(VENV)),1)
$(error VENV is "$(VENV)"; choose a path without blanks)
endif
# Packages of the shell's own are none of ours.
unexport PYTHONPATH PYTHONHOME

# Slow tests (environments, LibreOffice, a browser, the pages built) are for CI, or for  make test CI=1
TESTS := $(if $(CI),,-m "not slow")

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test test-all lint format docs lock clean gone

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

report: $(RUNTIME) ## check this yearbook and write the report to report/
	@$(RUN) check . --report report --fail-on never
	@echo "The report is in $(CURDIR)/report (open report.html)."

test: $(DEV) ## run the tests, with coverage (CI=1: the slow ones too, which need a Chromium)
	@$(if $(CI),.ci/chromium)
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term-missing:skip-covered $(TESTS) $(ARGS)

test-all: ## run the tests on each Python of $(PYTHONS) that is here, each in its own environment
	@ran=""; failed=""; missing=""; \
	for version in $(PYTHONS); do \
		found=""; \
		for python in "python$$version" "$$(uv python find "$$version" 2>/dev/null)" \
				"$$HOME/.pyenv/versions/$$version".*/bin/python; do \
			if "$$python" -c "import ensurepip, sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$$version')" 2>/dev/null; \
			then found="$$python"; break; fi; \
		done; \
		if [ -z "$$found" ]; then missing="$$missing $$version"; continue; fi; \
		echo "Python $$version: $$found"; \
		if $(MAKE) --no-print-directory test PYTHON="$$found" VENV="build/python$$version"; \
		then ran="$$ran $$version"; else failed="$$failed $$version"; fi; \
	done; \
	echo "Passed on Python:$${ran:- none}."; \
	test -z "$$missing" || echo "Not run, as not on this machine:$$missing (uv python install$$missing fetches them)."; \
	test -z "$$failed" || { echo "Failed on Python:$$failed."; exit 1; }; \
	test -n "$$ran" || exit 2

lint: $(DEV) ## ruff, mypy and the layers of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV) ## format the code and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(DEV) ## build the documentation; a warning is an error
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --nitpicky -q docs build/docs
	@echo "The documentation is in $(CURDIR)/build/docs (open index.html)."

lock: ## bring both lock files up to pyproject.toml (newest versions: LOCK_FLAGS=--upgrade)
	@test -x build/lock/bin/uv || { .ci/install build/lock "" "$(PYTHON)"; \
		build/lock/bin/python -m pip install --quiet --no-deps $(UV); }
	build/lock/bin/uv pip compile $(COMPILE) --group build --output-file requirements.lock
	build/lock/bin/uv pip compile $(COMPILE) --group build --group dev --constraints requirements.lock --output-file requirements-dev.lock

# One lock for every platform and every Python from 3.11 on; no header, which would hold folders.
COMPILE := pyproject.toml --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--generate-hashes --no-header $(LOCK_FLAGS)

clean: ## remove what the other targets wrote, except $(VENV)
	rm -rf report build dist *.egg-info .coverage .coverage.* coverage.xml htmlcov
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find amyqa schemas tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): $(GONE)
	@rm -f $(VENV)/.amyqa-runtime-*
	@.ci/install $(VENV) requirements.lock "$(PYTHON)"
	@touch $@

# The tools on top of the runtime: the second lock holds the first.
$(DEV): $(GONE)
	@rm -f $(VENV)/.amyqa-runtime-* $(VENV)/.amyqa-dev-*
	@.ci/install $(VENV) requirements-dev.lock "$(PYTHON)"
	@touch $(RUNTIME) $@
