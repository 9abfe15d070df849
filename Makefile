# The whole project lives in .venv; each target installs what it needs, once per change of
# pyproject.toml or constraints.txt. Try `make explore`.

PYTHON ?= python3
PORT ?= 8866
NOTEBOOK ?= explorer
DRAWS ?= 2000
STACKS ?= 300
VENV := .venv
# A kernel each is kept ready for the explorer and the index, which then need not wait for theirs.
VOILA_FLAGS ?= --preheat_kernel=True
LAB_FLAGS ?=

# Our own Jupyter settings come before the user's.
export JUPYTER_CONFIG_PATH := $(CURDIR)/jupyter$(if $(JUPYTER_CONFIG_PATH),:$(JUPYTER_CONFIG_PATH))
export JUPYTER_PATH := $(CURDIR)/jupyter/data$(if $(JUPYTER_PATH),:$(JUPYTER_PATH))

BIN := $(VENV)/bin
PINNED := pyproject.toml constraints.txt
# Linux without a display: do not let a text browser take over the terminal.
NO_BROWSER := $(shell [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY$$BROWSER" ] \
	&& echo --no-browser)

# uv takes a quarter of pip's time; where it finds no packages (a mirror that pip knows of), pip does.
define install
@echo "Installing into $(VENV): a minute the first time."
@$(BIN)/python -m pip install -q -c constraints.txt uv && \
		$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python \
			-c constraints.txt -e '.[$(1)]' || \
		$(BIN)/python -m pip install -q -c constraints.txt -e '.[$(1)]'
endef

.DEFAULT_GOAL := help
.PHONY: help explore lab site scorecard scores screens panels calibrate check test robust mutants bench clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

explore: $(VENV)/notebooks.stamp ## all live pages, in the browser (PORT=8866, NOTEBOOK=explorer)
	@$(BIN)/python tools/warm.py
	@test -f notebooks/$(NOTEBOOK).ipynb || { echo "There is no notebook '$(NOTEBOOK)':" \
		$(basename $(notdir $(wildcard notebooks/*.ipynb))) >&2; exit 1; }
	@echo "The pages come up at http://127.0.0.1:$(PORT)/" \
		"(Ctrl-C stops them; another port: make explore PORT=8867)"
	@$(BIN)/python jupyter/explore notebooks --first=$(NOTEBOOK) --Voila.ip=127.0.0.1 \
		--port=$(PORT) --Voila.port_retries=0 $(NO_BROWSER) $(VOILA_FLAGS)

lab: $(VENV)/notebooks.stamp ## the notebooks in JupyterLab (PORT=8866)
	@$(BIN)/python tools/warm.py
	@$(BIN)/jupyter lab notebooks --ServerApp.ip=127.0.0.1 --port=$(PORT) $(NO_BROWSER) $(LAB_FLAGS)

site: $(VENV)/site.stamp ## all pages without a kernel, into site/ (about 2 minutes)
	@$(BIN)/python tools/warm.py
	@PYTHONPATH=tools $(BIN)/python -m static_site site

scorecard: $(VENV)/notebooks.stamp ## every published number beside the model's
	@$(BIN)/python -m qdlib.paper.scorecard

scores: $(VENV)/notebooks.stamp ## measure the scores that the pages show anew, into data/
	@$(BIN)/python tools/warm.py
	@$(BIN)/python -m qdlib.paper.scores

screens: $(VENV)/test.stamp ## screen metals and levels anew, for the page Screening, into data/
	@$(BIN)/python tools/warm.py
	$(BIN)/python tools/screens.py

panels: $(VENV)/notebooks.stamp ## the paper's panels: notebook, kind, numbers stated and met
	@$(BIN)/python tools/catalogue.py

calibrate: $(VENV)/test.stamp ## fit the model's unknowns anew, and what rests on them (resumable)
	$(BIN)/python tools/calibrate.py
	$(BIN)/python tools/predictions.py
	$(BIN)/python tools/screens.py
	$(BIN)/python tools/examples.py

check: $(VENV)/dev.stamp ## lint, rooms, physics, notebooks' numbers: all that needs no browser (a minute and a half)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	@$(BIN)/python tools/warm.py
	$(BIN)/python tools/record_checks.py --compare
	$(BIN)/python -m pytest -q -n logical --maxprocesses 4 --dist worksteal --doctest-modules -p no:nbval -m "not browser and not server and not proof" qdlib tests

# --dist loadfile keeps the cells of a notebook in one process, in order; tests/conftest.py
# puts the slow files first.
test: $(VENV)/test.stamp ## all tests, and every notebook against its printed numbers
	@$(BIN)/python tools/warm.py --tests
	$(BIN)/python -m pytest -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder --doctest-modules --nbval --nbval-current-env qdlib tests notebooks

robust: $(VENV)/test.stamp ## every control and random stacks, at random (DRAWS=2000 STACKS=300)
	@$(BIN)/python tools/warm.py
	$(BIN)/python tools/robust.py --draws $(DRAWS) --stacks $(STACKS)

mutants: $(VENV)/test.stamp ## break the project in places, and see which test notices (half an hour)
	@$(BIN)/python tools/warm.py
	$(BIN)/python tools/mutants.py

bench: $(VENV)/test.stamp ## the benchmarks
	@$(BIN)/python tools/warm.py
	$(BIN)/python benchmarks/run.py

clean: ## remove .venv and everything else that was made
	rm -rf $(VENV) build dist site .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .numba_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

$(VENV)/notebooks.stamp: $(PINNED) | $(BIN)/python
	$(call install,notebooks)
	@touch $@

$(VENV)/site.stamp: $(PINNED) | $(BIN)/python
	$(call install,site)
	@touch $@ $(VENV)/notebooks.stamp

# The dev extra holds the test extra, that the site extra, and that the notebooks extra.
$(VENV)/test.stamp: $(PINNED) | $(BIN)/python
	$(call install,test)
	@touch $@ $(VENV)/site.stamp $(VENV)/notebooks.stamp

$(VENV)/dev.stamp: $(PINNED) | $(BIN)/python
	$(call install,dev)
	@touch $@ $(VENV)/test.stamp $(VENV)/site.stamp $(VENV)/notebooks.stamp

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer," \
			"or name it: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "qdlib needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." \
			"Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "'$(PYTHON)' cannot make virtual environments with pip." \
			"On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
