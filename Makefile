# Two commands set a fresh machine up: `make run` and `make test`.
# `make test-postgres` takes DATABASE_URL and CELERY_BROKER_URL when they name a PostgreSQL and a Redis server.
DATABASE_URL_POSTGRES ?= $(or $(filter postgres%,$(DATABASE_URL)),postgres://postgres@127.0.0.1:5432/crm)
BROKER_URL_REDIS ?= $(or $(filter redis%,$(CELERY_BROKER_URL)),redis://127.0.0.1:6379/0)
PYTHON := .venv/bin/python
TESTS ?= tests
RANDOM := $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(48))'
PYTEST := $(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# The suite, and with it .ci/run, has them in a short form.
PROOFS := tests/visits/problems/test_walk_at_random.py tests/visits/portal/test_guess_links.py
SLOW := CRM_WALKS=5000 CRM_GUESSES=10000

.PHONY: help run setup setup-tests test test-postgres coverage proofs upgrade-drill route-fuzz fuzz-uploads mutants lint bench lock messages screenshots outage-drill restore-drill backup

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

coverage: setup-tests ## the suite on SQLite with its lines and branches counted; fails below the floor in pyproject.toml
	env -u DATABASE_URL -u CELERY_BROKER_URL $(PYTEST) --cov --cov-report=term:skip-covered $(TESTS)

proofs: setup-tests ## the slow proofs at full length, on both engines (an hour): 5,000 walks at random, 10,000 guessed links
	env -u DATABASE_URL -u CELERY_BROKER_URL $(SLOW) $(PYTHON) -m pytest $(PROOFS)
	DATABASE_URL='$(DATABASE_URL_POSTGRES)' CELERY_BROKER_URL='$(BROKER_URL_REDIS)' $(SLOW) $(PYTHON) -m pytest $(PROOFS)

upgrade-drill: setup-tests ## full cities made by earlier releases, brought to today and compared, on both engines (15 minutes)
	$(PYTHON) -m bench.upgrade

outage-drill: setup-tests ## Redis and PostgreSQL of its own are stopped and started under 20 clients for three minutes
	$(PYTHON) -m bench.outage_drill

restore-drill: setup-tests ## a whole city is backed up beside writers and restored in another place, on both engines; prints minutes
	$(PYTHON) -m bench.restore_drill

backup: ## database, files and keys into TO=folder (default: var/backups), while everybody goes on working
	@mkdir -p $(or $(TO),var/backups) && $(PYTHON) manage.py backup $(or $(TO),var/backups)

fuzz-uploads: setup-tests ## thousands of mutated files through every upload of a real service (FUZZ_FILES=3000)
	CRM_FUZZ_FILES=$(or $(FUZZ_FILES),3000) $(PYTHON) -m tests.fuzz_uploads --large

route-fuzz: setup-tests ## every route × role × what cannot be read, at full length, on both engines
	env -u DATABASE_URL -u CELERY_BROKER_URL CRM_ROUTES=all $(PYTHON) -m pytest -s --show-capture=no tests/test_refuse_bad_input.py
	DATABASE_URL='$(DATABASE_URL_POSTGRES)' CELERY_BROKER_URL='$(BROKER_URL_REDIS)' CRM_ROUTES=all $(PYTHON) -m pytest -s --show-capture=no tests/test_refuse_bad_input.py

mutants: setup-tests ## seeded defects in scope, paging, clocks, workflow, portal and services: which does no test find? (MUTANTS=300 tries so many; all take an hour and more)
	$(PYTHON) -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-mutants.txt
	mkdir -p mutants && ln -sfn ../node_modules mutants/node_modules
	DATABASE_URL=sqlite:///var/mutants.sqlite3 $(PYTHON) manage.py migrate -v0
	env -u DATABASE_URL -u CELERY_BROKER_URL CRM_MIGRATED=$(CURDIR)/var/mutants.sqlite3 CRM_VAR_DIR=$(CURDIR)/var CRM_MUTANTS=$(MUTANTS) $(PYTHON) -m tests.mutants run
	$(PYTHON) -m tests.mutants report

lint: setup-tests ## style, types, migrations that lack, and Django's own check of a service as it is deployed
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	env -u DATABASE_URL $(PYTHON) manage.py makemigrations --check --dry-run
	env -u DATABASE_URL CRM_VAR_DIR=var/lint CRM_PUBLIC_BASE_URL=https://crm.example.org CRM_ALLOWED_HOSTS=crm.example.org CRM_TRUSTED_PROXIES=127.0.0.1 \
	  CRM_SECRET_KEY=$$($(RANDOM)) CRM_DATA_KEY=$$($(RANDOM)) $(PYTHON) manage.py check --deploy --fail-level WARNING

bench: setup-tests ## the measurements, against a textbook twin and the floor in one run
	$(PYTHON) -m bench.run

messages: setup-tests ## take new strings into the catalogue
	$(PYTHON) manage.py makemessages --locale zh_Hans --no-obsolete --no-wrap --no-location --ignore 'node_modules/*' --ignore '.venv/*' --ignore 'mutants/*'

screenshots: setup-tests ## the README's pictures, from a running `make run`
	$(PYTHON) -m tests.browser.screenshots http://127.0.0.1:8000 docs

lock: ## pin the Python packages anew, with hashes, for every Python from 3.11 on (needs uv; LOCKFLAGS=--upgrade for newer versions)
	for name in requirements requirements-dev requirements-mutants requirements-node; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	    $(LOCKFLAGS) -o $$name.txt $$name.in || exit 1; done
