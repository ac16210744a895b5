# Two commands set a fresh machine up: `make run` and `make test`.
# `make test-postgres` takes DATABASE_URL and CELERY_BROKER_URL when they name a PostgreSQL and a Redis server.
DATABASE_URL_POSTGRES ?= $(or $(filter postgres%,$(DATABASE_URL)),postgres://postgres@127.0.0.1:5432/crm)
BROKER_URL_REDIS ?= $(or $(filter redis%,$(CELERY_BROKER_URL)),redis://127.0.0.1:6379/0)
PYTHON := .venv/bin/python
TESTS ?= tests
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadfile

.PHONY: help run setup setup-tests test test-postgres walk lint bench lock messages screenshots

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

run: setup ## the whole product on this machine: SQLite, web server, worker and beat, ended by Ctrl-C
	@exec $(PYTHON) deploy/run.py

setup: ## what the service needs, installed once
	@bash deploy/setup.sh service

setup-tests:
	@bash deploy/setup.sh tests

test: setup-tests ## the suite on the embedded default (SQLite)
	env -u DATABASE_URL -u CELERY_BROKER_URL $(PYTEST) $(TESTS)

test-postgres: setup-tests ## the suite on PostgreSQL and Redis
	DATABASE_URL='$(DATABASE_URL_POSTGRES)' CELERY_BROKER_URL='$(BROKER_URL_REDIS)' $(PYTEST) $(TESTS)

walk: setup-tests ## thousands of walks at random over all steps of a problem, on both engines (half an hour)
	env -u DATABASE_URL -u CELERY_BROKER_URL CRM_WALKS=5000 $(PYTHON) -m pytest tests/visits/test_walk_at_random.py
	DATABASE_URL='$(DATABASE_URL_POSTGRES)' CELERY_BROKER_URL='$(BROKER_URL_REDIS)' CRM_WALKS=5000 $(PYTHON) -m pytest tests/visits/test_walk_at_random.py

lint: setup-tests ## style and unused code
	$(PYTHON) -m ruff check .

bench: setup-tests ## the measurements, against a textbook twin and the floor in one run
	$(PYTHON) -m bench.run

messages: setup-tests ## take new strings into the catalogue
	$(PYTHON) manage.py makemessages --locale zh_Hans --no-obsolete --no-wrap --no-location --ignore 'node_modules/*' --ignore '.venv/*'

screenshots: setup-tests ## the README's pictures, from a running `make run`
	$(PYTHON) -m tests.browser.screenshots http://127.0.0.1:8000 docs

lock: ## pin the Python packages anew, with hashes, for every Python from 3.11 on (needs uv; LOCKFLAGS=--upgrade for newer versions)
	for name in requirements requirements-dev requirements-node; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	    $(LOCKFLAGS) -o $$name.txt $$name.in || exit 1; done
