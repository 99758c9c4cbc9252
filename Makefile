# Two commands do everything: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# Without its compiled modules dbt alone takes two seconds longer to start, each time.
export PYTHONDONTWRITEBYTECODE :=
# The certificate authority of a company is on the machine's list, not on uv's own.
export UV_SYSTEM_CERTS ?= true
.PHONY: help setup run demo-day dashboard docs doctor status reconcile backup restore export \
	schedule unschedule config deploy-views drop-views dbt test test-faults soak benchmark lint format lock \
	holidays stop clean

IS_SUITABLE := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13; do \
	if $$name -c '$(IS_SUITABLE)' 2> /dev/null; then echo $$name; break; fi; done)
VENV := .venv
PY := $(VENV)/bin/python
# A stamp for each lock file: an unchanged lock installs nothing.
RUNTIME := $(VENV)/requirements.txt.installed
DEVELOPMENT := $(VENV)/requirements-dev.txt.installed

# A .venv whose Python was removed or upgraded is made anew.
$(shell [ ! -e $(VENV)/bootstrapped ] || $(PY) -c '' 2> /dev/null || rm -f $(VENV)/bootstrapped)

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

setup: $(RUNTIME) ## Install what `make run` needs into .venv

run: $(RUNTIME) ## Load what changed in Chatwoot and build the marts
	@$(PY) -m demo up
	@$(PY) -m loader run
	@$(PY) -m loader build
	@echo "next: make dashboard (pages), make docs (lineage), make demo-day (the demo lives on), make stop"

demo-day: $(RUNTIME) ## The demo Chatwoot lives on, by default to now
	@$(PY) -m demo day $(ARGS)

dashboard: $(RUNTIME) ## Open the dashboard on 127.0.0.1
	@$(PY) -m demo up
	@$(PY) -m dashboards $(ARGS)

docs: $(RUNTIME) ## Build and serve the dbt documentation with lineage
	@$(PY) -m demo up
	@$(PY) docs/write_columns.py
	@$(PY) -m docs.write_kpis
	@$(PY) -m docs.write_chatwoot_numbers
	@$(PY) -m loader dbt docs generate --quiet
	@$(PY) -m http.server $(or $(ARGS),0) --bind 127.0.0.1 --directory dbt_project/target

doctor: $(RUNTIME) ## Check both databases, and say how to mend what is wrong
	@$(PY) -m loader doctor

status: $(RUNTIME) ## Show freshness, the last runs, rows, failures and backups
	@$(PY) -m loader status $(ARGS)

reconcile: $(RUNTIME) ## Compare every row with Chatwoot, and heal what differs
	@$(PY) -m loader reconcile $(ARGS)

backup: $(RUNTIME) ## Dump the raw schema into a file; the oldest files go
	@$(PY) -m loader backup

restore: $(RUNTIME) ## Put back the newest backup, or make restore ARGS=file
	@$(PY) -m loader restore $(ARGS)

export: $(RUNTIME) ## Write conversas_analytics to a compressed CSV file
	@$(PY) -m loader export

schedule: $(RUNTIME) ## Have it run daily: make schedule ARGS="cron" or ARGS="systemd"
	@$(PY) -m loader schedule $(ARGS)

unschedule: $(RUNTIME) ## Take back what make schedule has installed
	@$(PY) -m loader unschedule

config: $(RUNTIME) ## Check the files of config/, and say what counts
	@$(PY) -m loader config

deploy-views: $(RUNTIME) ## Make or renew the views on the Chatwoot database
	@$(PY) -m loader deploy-views

drop-views: $(RUNTIME) ## Remove the views from the Chatwoot database
	@$(PY) -m loader drop-views

dbt: $(RUNTIME) ## Run dbt by hand: make dbt ARGS="build --select marts"
	@$(PY) -m loader dbt $(ARGS)

test: $(DEVELOPMENT) lint ## Lint, then run every test
	@$(PY) -m pytest --numprocesses=2 --dist=loadfile $(ARGS)

test-faults: $(DEVELOPMENT) ## The whole fault matrix, with three seeds (half an hour)
	@$(PY) -m pytest -m "slow or not slow" tests/faults

soak: $(DEVELOPMENT) ## Random writers, loads and kills for some minutes: make soak ARGS=30
	@$(PY) -m tests.soak $(or $(ARGS),30)

benchmark: $(DEVELOPMENT) ## Measure the loader beside its alternatives
	@$(PY) -m benchmarks.load $(ARGS)

lint: $(DEVELOPMENT) ## Check the style of Python and SQL, and the types
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --quiet --check .
	@$(PY) -m mypy --no-error-summary
	@$(PY) -m tests.lint_sql

format: $(DEVELOPMENT) ## Put Python into its standard form
	@$(PY) -m ruff check --quiet --fix .
	@$(PY) -m ruff format --quiet .

# The development set first: the templater of sqlfluff pins what both share.
COMPILE := $(VENV)/bin/uv pip compile --quiet --python-version 3.11 --universal \
	--generate-hashes --no-emit-index-url --no-header --no-annotate
lock: $(VENV)/bootstrapped ## Renew the locked requirements from pyproject.toml
	@$(COMPILE) --group dev pyproject.toml -o requirements-dev.txt
	@$(COMPILE) -c requirements-dev.txt pyproject.toml -o requirements.txt

holidays: $(DEVELOPMENT) ## Write the seed of holidays anew from the library
	@$(PY) dbt_project/defaults/write_holidays.py

stop: ## Stop the embedded servers; their data stays
	@if [ -x $(PY) ]; then $(PY) -m loader stop; fi

clean: ## Stop the embedded servers and delete their data
	@if [ -x $(PY) ]; then $(PY) -m loader clean; fi

$(VENV)/bootstrapped: requirements-bootstrap.txt
	@if [ -z "$(PYTHON)" ]; then \
		echo "error: no Python 3.11 to 3.13 found; name one: make PYTHON=/path/to/python3"; exit 1; fi
	@echo "setting up .venv"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $< || { \
		echo "error: pip could not install uv, as it says above; for a company's certificate" \
			"authority name its file: PIP_CERT=/etc/ssl/certs/ca-certificates.crt make setup"; exit 1; }
	@touch $@

# uv is fast; pip reads a pip.conf, so it serves private mirrors.
$(VENV)/%.installed: % $(VENV)/bootstrapped
	@$(VENV)/bin/uv pip install --quiet --python $(PY) --require-hashes -r $< \
		|| { echo "uv could not install $<, as it says above: trying pip, which is slower and reads pip.conf"; \
		$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<; }
	@touch $@
