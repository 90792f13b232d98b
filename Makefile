# Everything a person or a pipeline does here. Needs Python 3.11 or newer; makes the environment it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := tests/peers
PORTAL := examples/portal
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help serve test check lint types spec image fuzz fuzzdocs checkdocs mutants right replays thorough peers stores kills replicas format lock bench documents clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, found " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --no-compile --editable '.[dev]'
	@touch $@

serve: $(READY) ## serve the mock on http://127.0.0.1:8080 (ARGS="--port 0 …")
	@exec $(BIN)/mockserver serve $(ARGS)

test: $(READY) ## run the tests (ARGS="-k name …")
	$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

%/node_modules: %/package-lock.json
	npm ci --prefix $* --no-audit --no-fund --ignore-scripts
	@touch $@

peers: $(PEERS)/node_modules $(PORTAL)/node_modules ## install what some tests compare with, and the example's packages (needs node and npm)

check: $(READY) ## all that the gate runs
	$(MAKE) --jobs 2 peers lint types spec image
	$(MAKE) test

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy
	$(BIN)/mypy --config-file tests/mypy.ini tests

DOCUMENTS := $(wildcard spec/openapi.json spec/*/openapi.json)
LARGE := fixtures/scenarios/large.yaml
spec: $(READY) ## check that the published document is fresh, and all documents and scenarios are good
	$(BIN)/mockserver publish --check
	$(BIN)/mockserver validate $(DOCUMENTS) $(filter-out $(LARGE),$(wildcard fixtures/scenarios/*.yaml))
	$(BIN)/mockserver validate --scale 0.1 $(LARGE)

image: $(READY)
	$(BIN)/hadolint Dockerfile
	$(BIN)/python tests/dockerfile_steps.py

fuzz: $(READY) ## fuzz a running mock with Schemathesis: all checks, phases and operations, half an hour (ARGS="SEED …")
	$(BIN)/python tests/fuzz.py $(ARGS)

FOLDER ?= tests/data/documents
fuzzdocs: $(READY) ## fuzz mocks of the documents of others in FOLDER with Schemathesis: all checks, phases and operations (ARGS="NAME …")
	$(BIN)/python tests/fuzzed_documents.py $(FOLDER) $(ARGS)

checkdocs: $(READY) ## hold mocks of the documents of others in FOLDER to their own contract checks (ARGS="NAME …")
	$(BIN)/python tests/checked_documents.py $(FOLDER) $(ARGS)

mutants: $(READY) ## show how strong the contract checks are, on mutants of the mock (ARGS="--stock")
	PYTHONPATH=tests $(BIN)/python -m mutants $(ARGS)

right: $(READY) ## check a server that is right in another way than the mock: three seeds, three times each, some minutes (ARGS="RESOURCE …")
	PYTHONPATH=tests $(BIN)/python -m right_server $(ARGS)

SAMPLING := tests/test_check_suites.py tests/test_check_profiles.py tests/test_fuzzing.py tests/test_publish.py
thorough: $(READY) ## run with everything those tests of which `make test` takes a sample
	MOCKSERVER_TEST_THOROUGH=1 $(BIN)/python -m pytest -n auto --dist worksteal $(SAMPLING) $(ARGS)
	$(BIN)/mockserver validate $(LARGE)

replays: $(READY) ## show that findings on mutants are shown again by their stories: by the kit, the script and the test
	PYTHONPATH=tests $(BIN)/python tests/replays.py

SUITES := tests/test_wire.py tests/test_story.py tests/test_association_story.py tests/test_document_story.py tests/test_any_document.py \
	tests/test_any_document_story.py tests/test_transactions.py tests/test_world.py tests/test_control.py tests/test_robustness.py
stores: $(READY) ## run the wire, story and Hypothesis suites with each world in an SQLite file, and on PostgreSQL
	PYTHONPATH=tests $(BIN)/python tests/stores.py -n auto --dist worksteal $(SUITES) $(ARGS)

kills: $(READY) ## kill a mock on SQLite five hundred times while it writes (ARGS="TIMES")
	PYTHONPATH=tests $(BIN)/python tests/killing.py $(ARGS)

replicas: $(READY) ## three servers on one PostgreSQL under load, killed and restarted, held to a ledger (ARGS="SECONDS")
	PYTHONPATH=tests $(BIN)/python tests/replicas.py $(ARGS)

format: $(READY) ## put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## raise the pinned dependencies and base of the image
	bash .ci/lock

bench: $(READY) peers ## measure all that benchmarks/README.md shows, eleven minutes (needs wrk, node and npm; ARGS=--quick)
	$(BIN)/python benchmarks/everything.py $(ARGS)

documents: $(READY) peers ## tell one story to this mock, Prism and Scalar's on the documents in FOLDER (needs node and npm)
	npm ci --prefix benchmarks --no-audit --no-fund --ignore-scripts
	$(BIN)/python benchmarks/documents.py $(FOLDER) $(ARGS)

clean: ## remove the environment and all caches
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
