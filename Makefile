# On Windows there is no make: README.md says what to type.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

# Two at a time: the checks, and the installing of what the tests need.
MAKEFLAGS += --jobs=2

# Images of containers often forbid Python to keep what it has compiled: then each start of the app
# compiles Streamlit anew, 5 s of a processor instead of 2, and the tests start it 60 times.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run dev test coverage check lint types scripts bench soak clean

run: $(VENV)/.run
	@$(BIN)/python -m streamlit run app.py --server.address $(HOST) --server.port $(PORT)

# As `run`, and a page of app_pages/ is drawn again when it is edited. Other rooms are not watched.
dev: export STREAMLIT_SERVER_FILE_WATCHER_TYPE = auto
dev: export STREAMLIT_SERVER_RUN_ON_SAVE = true
# With fast reruns, the run for a second save unloads what the first one's is importing: 7 of 60
# pairs of saves printed a traceback, and without them none (Streamlit 1.67).
dev: export STREAMLIT_RUNNER_FAST_RERUNS = false
dev: run

# Browsers keep two processors busy; the other tests wait now and then, so that three at a time are
# done sooner. Where few tests are chosen by their mark, their files alone are read: to read all
# takes 10 s.
PYTEST := -m pytest --dist loadfile --no-loadscope-reorder --numprocesses
QUICK := $(PYTEST) 3 -m "not browser and not alone and not soak"
test: check $(VENV)/.machine
	@$(BIN)/python $(QUICK)
	@$(BIN)/python $(PYTEST) 2 -m "browser and not alone and not soak"
	@$(BIN)/python -m pytest -m alone $$(grep -rl --include="*.py" "mark\.alone" tests)

# A target of its own: up to Python 3.11 to measure doubles what Python takes of a processor.
coverage: $(VENV)/.machine
	@$(BIN)/python -m coverage run $(QUICK)
	@$(BIN)/python -m coverage combine --quiet
	@$(BIN)/python -m coverage report | \
	  awk '/^TOTAL/ {print "coverage without browsers: " $$4 " of " $$2 " lines"}'

check: lint types scripts

lint: $(VENV)/.dev
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types: $(VENV)/.dev
	@$(BIN)/mypy --no-error-summary

scripts: $(VENV)/.dev
	@$(BIN)/node node_modules/typescript/bin/tsc
	@$(BIN)/node --test --test-timeout=30000 --test-reporter=dot tests/components/*/*.test.mjs tests/components/*/*/*.test.mjs

bench: $(VENV)/.machine
	@$(BIN)/python -m benchmarks

# What takes long: ears on the voice, turns and kills in chaos, the property tests with new
# examples, every way to leave a session behind, 20 times in a row, and whether every system has
# wheels of what the app needs.
# A failure comes again with its SEED.
SEED := $(or $(SEED),$(shell date +%s))
soak: $(VENV)/.machine $(VENV)/.soak
	@echo "SEED=$(SEED)"
	@SEED=$(SEED) $(BIN)/python -m pytest -m soak
	@$(BIN)/python -m pytest -m hypothesis --hypothesis-profile soak --hypothesis-seed $(SEED)
	@for round in $$(seq 20); do $(BIN)/python $(PYTEST) 2 tests/journeys/leftovers || exit 1; done
	@$(BIN)/python -m tests.support.wheels

clean:
	rm -rf $(VENV) node_modules

# pip and npm print their errors alone. Compiling every installed module takes a third of the time,
# and each start needs a tenth of them: Python compiles those when it first imports them.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This needs Python 3.11 or newer: install it, or say where it is: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python can't make a virtual environment here: on Debian or Ubuntu, apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.run: requirements.txt $(VENV)/.python
	@echo "Installing what the app needs (once)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt package-lock.json $(VENV)/.run
	@echo "Installing what the tests need (once)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements-dev.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent --no-audit --no-fund
	@touch $@

$(VENV)/.soak: requirements-soak.txt $(VENV)/.dev
	@echo "Installing what the soak needs (once)..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements-soak.txt
	@touch $@

# The tests need browsers and servers that are no Python packages.
$(VENV)/.machine: $(VENV)/.dev
	@$(BIN)/python -m tests.support.browser --install
	@$(BIN)/python -m tests.support.firefox --install
	@$(BIN)/python -m tests.support.redis_server --install
	@$(BIN)/python -m tests.support.turn_server --install
	@$(BIN)/python -m tests.support.nginx_server --install
	@$(BIN)/python -m tests.support.libreoffice --install
	@touch $@
