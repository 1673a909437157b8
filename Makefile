PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
LINT ?=
# Linting needs settings, but no server.
QUIET_ENV := SECRET_KEY=lint DATABASE_URL=postgres://nobody@127.0.0.1:9/none DJANGO_SETTINGS_MODULE=community_portal.settings

.DEFAULT_GOAL := help
.PHONY: help setup tools run test coverage lint format bench messages

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##/\1:/p' Makefile | awk -F: '{printf "make %-10s %s\n", $$1, $$2}'

setup:
	@$(PYTHON) community_portal/standalone/bootstrap.py requirements.txt

tools: setup
	@$(PYTHON) community_portal/standalone/bootstrap.py tests/requirements.txt

run: setup  ## the whole portal with demo data on PORT (8000); Ctrl-C stops it
	@$(BIN)/python -m community_portal.standalone run

test: tools  ## every test (in a browser too when a Chromium is found), then lint; ARGS="tests/bookings -x" for some
	@$(BIN)/python -m community_portal.standalone test $(ARGS)
	@$(if $(ARGS)$(LINT),,$(MAKE) --no-print-directory lint)

coverage: tools  ## which branches no test takes, by module (half as slow again as the tests alone)
	@rm -rf var/coverage && mkdir -p var/coverage
	@$(BIN)/coverage run -m community_portal.standalone test $(ARGS); $(BIN)/coverage combine --quiet; $(BIN)/coverage report

lint: tools  ## ruff, mypy, import contract, templates, missing migrations, untranslated strings
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports
	@$(BIN)/djlint --lint --quiet templates
	@$(QUIET_ENV) $(BIN)/mypy
	@$(QUIET_ENV) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	@$(QUIET_ENV) $(BIN)/python -m community_portal.standalone untranslated

format: tools  ## let ruff format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

bench: tools  ## every target as floor, value and ratio of one run; ARGS="--only booking"
	@$(BIN)/python -m community_portal.standalone bench $(ARGS)

messages: tools  ## collect strings into locale/en
	@$(QUIET_ENV) $(BIN)/python -m community_portal.standalone messages
