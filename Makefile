# Two commands are enough: `make demo` and `make test`. The rest is for whoever works on the house.

SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never

# What `make demo` and `make install` install: `run`, or `scale` with what PostgreSQL needs.
SET ?= run
RUN_HASH := $(SET)-$(shell sha256sum requirements/$(SET).lock 2>/dev/null | cut -c1-16)
DEV_HASH := $(shell sha256sum requirements/dev.lock 2>/dev/null | cut -c1-16)
DEV_STAMP := $(VENV)/.dev-$(DEV_HASH)
# The development set holds all that runs, so it will do for the demonstration as well.
RUN_STAMP := $(if $(wildcard $(DEV_STAMP)),$(DEV_STAMP),$(VENV)/.run-$(RUN_HASH))

.PHONY: demo demo-reset install test lint types docs bench soak screens check html locks clean

demo: $(RUN_STAMP)  ## a running newsroom at 127.0.0.1:$(PORT), in the foreground, stopped by Ctrl-C
	@exec env PORT=$(PORT) $(BIN)/python -m masthead demo

demo-reset: $(RUN_STAMP)  ## the same, afresh: what was changed in the demonstration goes
	@exec env PORT=$(PORT) $(BIN)/python -m masthead demo --reset

install: $(RUN_STAMP)  ## what is needed to run, and no more

test: $(DEV_STAMP) browser  ## every test, in two processes, browser tests included
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not soak"

check: lint types  ## what is quick to check before a commit
	$(BIN)/python -m pytest -q tests/test_floors.py tests/test_docs.py tests/core

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint masthead --lint --quiet

types: $(DEV_STAMP)
	MASTHEAD_SECRET=for-the-type-checker-alone-not-for-readers $(BIN)/mypy

docs: $(DEV_STAMP)  ## write the tables of docs/reference/ anew, from the code
	$(BIN)/python tools/reference.py

html: $(DEV_STAMP)  ## the Nu HTML checker over the public pages
	$(BIN)/python tools/html_check.py

bench: $(DEV_STAMP)  ## how fast it is, beside nginx, in one run
	$(BIN)/python -m bench

soak: $(DEV_STAMP)  ## what takes too long for `make test`: many seeds, large archives
	$(BIN)/python -m pytest -p tests.soaking -n 2 --dist loadfile -m "soak or hypothesis"

screens: $(DEV_STAMP) browser  ## pictures of the pages at 390 and 1280 px, light and dark, in screens/
	$(BIN)/python tools/screens.py

locks: $(DEV_STAMP)  ## make the hashed lock files anew
	$(BIN)/python tools/locks.py

.PHONY: browser
browser:
	@tools/need-chromium

# The stamps bear their lock's hash, so they need no comparison of dates.
$(VENV)/.run-$(RUN_HASH):
	@$(MAKE) --no-print-directory _install LOCK=$(SET) STAMP=$@

$(DEV_STAMP):
	@$(MAKE) --no-print-directory _install LOCK=dev STAMP=$@

# uv where it has a wheel for this machine, else pip: slower, and with the same hashes.
.PHONY: _install
_install:
	@echo "Installing what requirements/$(LOCK).lock lists (once) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: apt-get install python3 python3-venv, or make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { echo "Python cannot make a virtual environment: apt-get install python3-venv"; exit 1; }
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv==$(UV_VERSION)" 2>$(VENV)/uv.log; then \
	  $(BIN)/uv pip sync --quiet --python $(BIN)/python requirements/$(LOCK).lock; \
	else \
	  echo "uv is not to be had here; installing with pip (slower) …"; \
	  $(BIN)/python -m pip install --disable-pip-version-check --require-hashes --use-pep517 -r requirements/$(LOCK).lock; \
	fi
	@rm -f $(VENV)/.run-* $(VENV)/.dev-*
	@echo $(CURDIR) > $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/masthead-here.pth
	@touch $(STAMP)

clean:
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache screens
