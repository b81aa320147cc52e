# The two commands are `make serve` and `make test`. They need Python 3.11 or later, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TESTED := $(VENV)/.tested

.PHONY: serve test check bench mutants lint audit clean

serve: $(INSTALLED)
	@$(BIN)/evidence serve

test: $(TESTED)
	@$(BIN)/python -m tests.chromium
	@$(BIN)/ruff check pipeline tests
	@$(BIN)/ruff format --check pipeline tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --cache-dir .cache/imports
	@$(BIN)/pytest

check: $(INSTALLED)
	@$(BIN)/evidence check

bench: $(TESTED)
	@$(BIN)/python -m tests.bench

# Whether tests see small faults in the modules that decide; see docs/mutants.md. Takes a while.
mutants: $(TESTED)
	@nice -n 10 $(BIN)/python -m tests.mutants

lint: $(TESTED)
	@$(BIN)/ruff check --fix pipeline tests
	@$(BIN)/ruff format pipeline tests

# Known faults of the exact versions in constraints.txt, looked up where that is possible.
AUDIT := .cache/audit
audit:
	@test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) && \
	  $(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check pip-audit; }
	@found=$$($(AUDIT)/bin/pip-audit --no-deps --disable-pip --requirement constraints.txt 2>&1); state=$$?; \
	if [ $$state = 0 ] && echo "$$found" | grep -q 'could not be audited'; then \
	  echo "Not audited, or not all: what is known of faults cannot be reached from here."; \
	else echo "$$found"; exit $$state; fi

$(INSTALLED): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "Python is missing: install Python 3.11 or later, or name it: make serve PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is too old: $$($(PYTHON) --version). Python 3.11 or later is needed, e.g. make serve PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "Python's venv module is missing. On Debian or Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV) (once; takes a minute or two) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(TESTED): $(INSTALLED)
	@echo "Installing what the tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) .cache .bench orchestration.db build *.egg-info
