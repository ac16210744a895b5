# Two commands set a fresh machine up: `make run` and `make test`.
DATABASE_URL_POSTGRES ?= postgres://postgres@127.0.0.1:5432/postgres
BROKER_URL_REDIS ?= redis://127.0.0.1:6379/0
PYTHON := .venv/bin/python
TESTS ?= tests

.PHONY: help run setup setup-tests test test-postgres lint bench lock messages screenshots

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

run: setup ## the whole product on this machine: SQLite, web server, worker and beat, ended by Ctrl-C
	@exec $(PYTHON) deploy/run.py

setup: ## what the service needs, installed once
	@bash deploy/setup.sh service

setup-tests:
	@bash deploy/setup.sh tests

test: setup-tests ## the suite on the embedded default (SQLite)
	$(PYTHON) -m pytest -n 2 --dist loadfile $(TESTS)

test-postgres: setup-tests ## the suite on PostgreSQL and Redis
	DATABASE_URL=$(DATABASE_URL_POSTGRES) CELERY_BROKER_URL=$(BROKER_URL_REDIS) $(PYTHON) -m pytest -n 2 --dist loadfile $(TESTS)

lint: setup-tests ## style and unused code
	$(PYTHON) -m ruff check .

bench: setup-tests ## the measurements, against a textbook twin and the floor in one run
	$(PYTHON) -m bench.run

messages: setup-tests ## take new strings into the catalogue
	$(PYTHON) manage.py makemessages --locale zh_Hans --no-obsolete --no-wrap --no-location --ignore 'node_modules/*' --ignore '.venv/*'

screenshots: setup-tests ## the README's pictures, from a running `make run`
	$(PYTHON) -m tests.browser.screenshots http://127.0.0.1:8000 docs

lock: ## pin the Python packages anew, with hashes (needs pip-tools)
	for name in requirements requirements-dev requirements-node; do \
	  pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-options --no-emit-index-url --no-emit-find-links -o $$name.txt $$name.in || exit 1; done
