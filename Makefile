# The verbs of SEND Desk, the same for people and CI. Each may be repeated, and none needs another first.
.DEFAULT_GOAL := help
SHELL := /bin/bash

TOOLS := .tools
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)
# A pyenv shim can mislead uv, so the interpreter is named by its own path.
PYTHON311 := $(shell python3.11 -c 'import sys; print(sys.executable)' 2>/dev/null)
RUN := .venv/bin/python -m
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 2
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export UV_LINK_MODE := copy

.PHONY: help setup run test check train evaluate bench clean

help: ## show this help
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: .venv/.complete ## make the environment (about 2 GB)

run: setup ## start the assistant; the first time sets everything up
	@$(RUN) bot.cli run

test: setup ## run every test
	@$(RUN) tests.run

check: setup ## lint, types, content, Rasa's own validation
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy bot actions
	@$(RUN) bot.cli check
	@$(RUN) bot.cli validate

train: setup ## train the model if config, domain, data or knowledge changed
	@$(RUN) bot.cli train

QUESTIONS ?= ../shared/questions.jsonl
evaluate: train ## answer a question file and print the score by group: make evaluate QUESTIONS=file.jsonl
	@$(RUN) bot.cli evaluate $(QUESTIONS)

bench: setup ## name the benchmarks and how to run each
	@$(RUN) benchmarks

clean: ## remove what was built; data in var/ stays
	rm -rf .venv .tools build models .pytest_cache .mypy_cache .ruff_cache .hypothesis .rasa results

.venv/.complete: pyproject.toml uv.lock
	@if [ -z "$(PYTHON311)" ]; then \
	  echo "Python 3.11 is missing. On Debian 12: apt-get install python3.11 python3.11-venv"; exit 1; fi
	@if ! command -v $(UV) >/dev/null 2>&1 && [ ! -x $(UV) ]; then \
	  echo "Fetching uv ..."; python3 -m venv $(TOOLS) && $(TOOLS)/bin/pip install --quiet uv; fi
	@echo "Making the environment; the first time takes a few minutes ..."
	@$(UV) sync --frozen --python "$(PYTHON311)"
	@touch $@
