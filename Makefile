# The verbs of this project. `make help` lists them.
VENV := .venv
PYTHON ?= python3
PIP := $(VENV)/bin/pip --disable-pip-version-check install
PLATFORM := $(VENV)/bin/jenkins-platform

.DEFAULT_GOAL := help
.PHONY: help up down test lint docs

help:  ## List the verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(VENV)/.up  ## Bring the platform up on the embedded cloud
	@$(PLATFORM) up --stack local --cloud local

down: $(VENV)/.up  ## Destroy it and stop the embedded cloud
	@$(PLATFORM) destroy --stack local --cloud local
	@$(PLATFORM) stop

test: $(VENV)/.test  ## Run all tests
	@$(VENV)/bin/python -m localcloud.toolchain
	@$(VENV)/bin/pytest

docs: $(VENV)/.test  ## Write the pages that are made from the code
	@$(VENV)/bin/python -m docs.reference

lint: $(VENV)/.test  ## Check format, style, types, and that the pages are fresh
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/python -m docs.reference --check

$(VENV)/bin/python:
	@echo "Making a virtual environment"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.up: pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the platform needs"
	@$(PIP) --quiet --editable '.[cli,local]'
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the tests need"
	@$(PIP) --quiet --editable '.[cli,local,dev]'
	@touch $@ $(VENV)/.up
