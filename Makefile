# The targets of this project. `make help` lists them.
VENV := .venv
PYTHON ?= python3
PIP := $(VENV)/bin/pip --disable-pip-version-check install
INSTALL := $(PIP) --quiet --require-hashes --requirement
THIS := $(PIP) --quiet --no-deps --no-build-isolation --editable . --editable ./localcloud
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate \
  --no-emit-index-url --no-emit-package jenkins-platform-localcloud --custom-compile-command "make lock" $(UPGRADE)
LOCK_PROJECT := $(LOCK) pyproject.toml --group build --extra cli --extra local
UPDATE_CENTER ?= https://updates.jenkins.io
CORE = $(shell sed -n 's/^JENKINS_VERSION = "\(.*\)"/\1/p' components/jenkins_platform/settings/images.py)
PLATFORM := $(VENV)/bin/jenkins-platform
SPREAD := -n 3 --dist loadfile --no-loadscope-reorder
# Runs a command while no other make installs: two of them in one folder wait for each other.
LOCKED := $(PYTHON) -c 'import fcntl, subprocess, sys; lock = open("Makefile"); \
  fcntl.flock(lock, fcntl.LOCK_EX); sys.exit(subprocess.call(sys.argv[1:]))'

# Some CI images keep Python from writing bytecode; each of the hundred processes that the tests start
# would then compile the project again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help up show down test test-long mutants record bench lint docs lock plugins audit sbom dist release-check

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(VENV)/.up  ## Deploy the platform to the embedded cloud
	@$(PLATFORM) up --stack local --cloud local

show: $(VENV)/.up  ## Write one page about the deployed platform
	@$(PLATFORM) show --stack local --cloud local

down: $(VENV)/.up  ## Destroy the platform and stop the embedded cloud
	@$(PLATFORM) destroy --stack local --cloud local
	@$(PLATFORM) local stop

test: $(VENV)/.test  ## Run the tests; installs their prerequisites
	@tests/install
	@$(VENV)/bin/python -m jenkins_platform_cli.pulumi_cli.toolchain
	@$(VENV)/bin/pytest tests/unit -p no:logging -n auto --dist loadfile $(COVERAGE)
	@$(VENV)/bin/pytest tests/images tests/engine tests/parts $(SPREAD)

test-long: $(VENV)/.test $(VENV)/scan/.done  ## Run the tests that take minutes: image builds, killed runs, changes of every input, properties with more examples
	@tests/install
	@$(VENV)/bin/python -m jenkins_platform_cli.pulumi_cli.toolchain
	@$(VENV)/bin/pytest -m "long or hypothesis" --hypothesis-profile thorough $(SPREAD)

mutants: $(VENV)/.test  ## Apply single wrong changes to the component; unit tests must notice 95 % of them
	@$(VENV)/bin/python -m tests.mutants $(ARGS)

record: $(VENV)/.test  ## Record the states of this version, on which later versions are previewed
	@$(VENV)/bin/python -m jenkins_platform_cli.pulumi_cli.toolchain
	@$(VENV)/bin/python -m harness.stacks.recorded_states

bench: $(VENV)/.test  ## Run the benchmarks on the embedded cloud; writes docs/benchmarks.md
	@$(VENV)/bin/python -m benchmarks.walk

docs: $(VENV)/.test  ## Generate the pages that are derived from the code
	@$(VENV)/bin/python -m docs

lint: $(VENV)/.test  ## Check format, style, types, imports and that generated pages are current
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@found=$$($(VENV)/bin/lint-imports --no-logo --no-cache) || { echo "$$found"; exit 1; }
	@find images templates tests -name Dockerfile -exec $(VENV)/bin/hadolint {} +
	@grep -I --recursive --files-with-matches --extended-regexp '^#!.*[/ ](ba)?sh' .ci harness images templates tests \
	  | xargs $(VENV)/bin/shellcheck
	@$(VENV)/bin/python -m docs --check
	@$(VENV)/bin/python -m docs.words

lock: $(VENV)/.release  ## Pin versions and hashes of all packages (UPGRADE=--upgrade: the latest versions)
	@$(LOCK_PROJECT) --extra dev --output-file locks/test.txt
	@$(LOCK_PROJECT) --constraint locks/test.txt --output-file locks/up.txt
	@$(LOCK) --group release --constraint locks/test.txt --output-file locks/release.txt
	@$(LOCK) --group scan --output-file locks/scan.txt

plugins:  ## Resolve the Jenkins plugins and write plugins.lock (UPDATE_CENTER=: a mirror or a folder)
	@PYTHONPATH=images/controller $(PYTHON) -B -m jenkins_plugins --core $(CORE) --update-center $(UPDATE_CENTER) lock

audit: $(VENV)/.release  ## Check the pinned packages for known vulnerabilities
	@$(VENV)/bin/pip-audit --strict --disable-pip --require-hashes --requirement locks/test.txt

sbom: $(VENV)/.release  ## Write the bill of materials of the packages installed by `make up`
	@mkdir -p dist
	@$(VENV)/bin/python -W ignore -m cyclonedx_py requirements locks/up.txt --pyproject pyproject.toml \
	  --output-reproducible --output-file dist/sbom.cdx.json
	@echo "dist/sbom.cdx.json"

dist: $(VENV)/.test sbom  ## Build the wheels and source distributions, the plugin archive and the bill of materials
	@$(VENV)/bin/hatchling build --directory dist
	@cd localcloud && ../$(VENV)/bin/hatchling build --directory ../dist
	@$(VENV)/bin/python -m release.plugin_archive

release-check: $(VENV)/.test $(VENV)/.release  ## List what is not ready for a release
	@$(VENV)/bin/python -m release

$(VENV)/bin/pip:
	@echo "Creating a virtual environment"
	@$(LOCKED) sh -c 'test -e $@ || $(PYTHON) -m venv $(VENV)'

$(VENV)/.up: locks/up.txt pyproject.toml | $(VENV)/bin/pip
	@echo "Installing the platform's requirements"
	@$(LOCKED) sh -c '$(INSTALL) $< && $(THIS) && touch $@'

$(VENV)/.test: locks/test.txt pyproject.toml | $(VENV)/bin/pip
	@echo "Installing the requirements of the tests"
	@$(LOCKED) sh -c '$(INSTALL) $< && $(THIS) && touch $@ $(VENV)/.up'

$(VENV)/.release: locks/release.txt | $(VENV)/bin/pip
	@echo "Installing the requirements of a release"
	@$(LOCKED) sh -c '$(INSTALL) $< && touch $@'

$(VENV)/scan/.done: locks/scan.txt | $(VENV)/bin/pip
	@echo "Installing the static scanner"
	@$(PYTHON) -m venv --without-pip $(@D)
	@PIP_PYTHON=$(@D)/bin/python $(INSTALL) $<
	@touch $@
