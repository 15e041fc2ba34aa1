# `make up` runs the product, `make test` its tests; both set up .venv first. `make check` is the rest of the gate.
# `make test-all` adds what takes minutes because it must: servers that are killed under load, recorded and simulated years.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# The product's programs are started some hundred times: whatever the machine's habit, they are compiled once.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: up test test-all clients chaos openapi api-cases screenshots texts-po texts-take check check-types check-rest
.PHONY: grafana-proof install install-dev lock format clean

up: install
	@$(BIN)/assetloop up $(ARGS)

install: $(VENV)/.run

# SCIPY_ARRAY_API lets scikit-learn run all of its checks on our estimators. Many tests wait for brokers, servers and pages:
# five at once keep two cores busy. The longest file begins. And threads of linear algebra would wait for each other by
# spinning.
PYTEST := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 SCIPY_ARRAY_API=1 $(BIN)/python -m pytest -n 5 --dist loadfile --no-loadscope-reorder

test: $(VENV)/.dev
	$(PYTEST) -m "not long" $(ARGS)

test-all: $(VENV)/.dev
	$(PYTEST) $(ARGS)

# Clients that nobody here wrote, built by npm, Go, Maven and pip: what they sent, held against the record.
clients: $(VENV)/.dev
	$(BIN)/python -m pytest tests/clients $(ARGS)

# What the suite breaks for 10 s, broken for 3 minutes, with the accounts printed.
chaos: $(VENV)/.dev
	CHAOS_SECONDS=$${CHAOS_SECONDS:-180} $(BIN)/python -m pytest -s tests/chaos $(ARGS)

# Two at a time: what knows types, and the rest.
check: $(VENV)/.dev
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=line check-types check-rest

check-types: $(VENV)/.dev
	$(BIN)/mypy

check-rest: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	SCIPY_ARRAY_API=1 $(BIN)/python -m pytest --doctest-modules --no-header -q -p no:cacheprovider -m sources \
		plant storage lifecycle ingest models alerts grafana simulators api service tests

# The description of the API as it is kept in docs/openapi.json; a test compares.
openapi: $(VENV)/.run
	@$(BIN)/python -m api.protocol.openapi > docs/openapi.json

# A hundred thousand random requests: none may fail here, or be answered in a way that is not described.
api-cases: $(VENV)/.dev
	CASES=$${CASES:-100000} nice $(BIN)/python -m pytest -s --timeout 0 tests/api/test_openapi.py -k random $(ARGS)

# Every page of the console as a picture: both languages, three widths, light and dark.
screenshots: $(VENV)/.dev
	nice $(BIN)/python -m tests.screenshots $(ARGS)

# The console's Chinese for translators' tools, and back into the source.
PO ?= build/zh.po
texts-po: $(VENV)/.run
	@mkdir -p $(dir $(PO)) && $(BIN)/python -m api.console.catalogue write $(PO)

texts-take: $(VENV)/.dev
	@$(BIN)/python -m api.console.catalogue take $(PO) && $(BIN)/ruff format --quiet api plant

# Every dashboard in a real Grafana, whose folder ASSETLOOP_TEST_GRAFANA names; ASSETLOOP_TEST_PICTURES keeps the pictures.
grafana-proof: $(VENV)/.dev
	$(BIN)/python -m pytest -rs -s --timeout 0 tests/grafana/test_real_grafana.py $(ARGS)

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "assetloop needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/.python
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

# Pin again what pyproject.toml asks for. The files name no index.
lock:
	$(PYTHON) -m venv build/lock && build/lock/bin/python -m pip install --quiet uv
	build/lock/bin/uv pip compile pyproject.toml --extra dask --extra calendars --extra s3 \
		--group build --group dev --universal --generate-hashes --python-version 3.11 --no-header --upgrade --output-file requirements/dev.txt --quiet
	build/lock/bin/uv pip compile pyproject.toml --group build --universal --generate-hashes \
		--python-version 3.11 --no-header --constraint requirements/dev.txt --output-file requirements/run.txt --quiet

clean:
	rm -rf $(VENV) build dist
