# `make help` explains the targets. Every set-up step leaves a stamp, so that doing it again costs nothing.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
PYTHON := $(BIN)/python
ROOMS := office inquiries booking figures channels workers sprechstunde
ASSETS := channels/web/assets
DIST := channels/web/static/dist
LOCALE := channels/locale

export PORT ?= 8000
export VAR_DIR ?= var

ASSET_SOURCES := $(wildcard $(ASSETS)/*.scss $(ASSETS)/*.js $(ASSETS)/*.svg) $(ASSETS)/build.py $(ASSETS)/package-lock.json
CATALOGUES := $(wildcard $(LOCALE)/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)
READY := .venv/.installed $(DIST)/.built $(COMPILED)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: $(READY) ## Set up if need be, then run the demonstration office (PORT, VAR_DIR)
	@exec $(BIN)/sprechstunde serve --demo

.PHONY: test
test: $(READY) chromium ## Every test except the long ones, against real servers
	@$(BIN)/pytest -m "not long" -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: check
check: .venv/.installed $(COMPILED) ## Style, types, the rooms' borders, texts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict
	$(BIN)/lint-imports
	@if [ -f tests/check_texts.py ]; then $(PYTHON) -m tests.check_texts; fi

.PHONY: proof
proof: $(READY) chromium ## The long runs: fuzz, chaos, all pages in all languages, mutations
	@$(BIN)/pytest -m long
	@if [ -f tests/mutations.py ]; then $(PYTHON) -m tests.mutations; fi

.PHONY: bench
bench: $(READY) ## Measure slots, booking and the desk
	@$(PYTHON) -m tests.bench

.PHONY: assets
assets: $(DIST)/.built ## Build style sheet, script and fonts

.PHONY: wheel
wheel: $(READY) ## Build the wheel for a host of its own, assets and translations included (dist/)
	@$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

.PHONY: screenshots
screenshots: $(READY) chromium ## Take the pictures of every page anew (README, docs)
	@$(PYTHON) -m tests.browser.screenshots

.PHONY: messages
messages: .venv/.installed ## Collect the sentences people read, update the catalogues, compile them
	$(BIN)/pybabel extract --sort-by-file --no-wrap --add-comments=Note: --project=Sprechstunde \
		--mapping-file=$(LOCALE)/babel.cfg --output-file=$(LOCALE)/messages.pot channels
	@for language in de en ar; do \
		if [ -f $(LOCALE)/$$language/LC_MESSAGES/messages.po ]; then verb="update --no-fuzzy-matching --ignore-obsolete --no-wrap"; else verb=init; fi; \
		$(BIN)/pybabel $$verb --input-file=$(LOCALE)/messages.pot --output-dir=$(LOCALE) --locale=$$language || exit 1; \
	done
	@$(PYTHON) -m tests.check_texts --fill-english || echo "These sentences are still to be translated."
	$(BIN)/pybabel compile --directory=$(LOCALE)

.PHONY: lock
lock: .venv/.installed ## Renew the lock files from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --upgrade --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-annotate \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --upgrade --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-annotate \
		--extra dev --constraint requirements.lock pyproject.toml -o requirements-dev.lock

.PHONY: clean
clean: ## Remove what can be built again (not var/)
	rm -rf .venv $(DIST) $(ASSETS)/node_modules dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find $(LOCALE) -name '*.mo' -delete 2>/dev/null || true
	find $(ROOMS) tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- Set-up steps ---

.venv/.installed: requirements-dev.lock pyproject.toml
	@python=; for name in python3.13 python3.12 python3.11 python3 python; do \
		if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "Sprechstunde needs Python 3.11 or newer, and none was found." >&2; exit 1; fi; \
	if [ ! -x $(PYTHON) ]; then echo "Creating .venv with $$python"; $$python -m venv .venv || exit 1; fi
	@echo "Installing Python packages (half a minute)"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements-dev.lock
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(PYTHON) -c 'import channels.web.site, workers.tasks, sprechstunde.demo.seed'  # compiled once, or every start would
	@touch $@

$(DIST)/.built: $(ASSET_SOURCES) | .venv/.installed
	@echo "Building style sheet and fonts"
	@$(PYTHON) $(ASSETS)/build.py
	@touch $@

%.mo: %.po | .venv/.installed
	@$(BIN)/pybabel --quiet compile --input-file=$< --output-file=$@ --locale=$(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

.PHONY: chromium
chromium: .venv/.installed
	@$(PYTHON) -c 'import sys; from tests import servers; servers.chromium()' 2>.venv/chromium.log || \
		{ tail -n 1 .venv/chromium.log | sed 's/^tests.servers.NoServer: //' >&2; exit 1; }
