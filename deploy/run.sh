#!/bin/sh
# What a container or a unit runs: deploy/run.sh web | worker | beat | work | <any creditreport command>.
set -eu
cd "$(dirname "$0")/.."
case "${1:-web}" in
web) exec .venv/bin/gunicorn --config deploy/gunicorn.conf.py wsgi:app ;;
worker) exec .venv/bin/celery -A creditreport.jobs.celery_app worker --loglevel INFO --concurrency "${WEB_CONCURRENCY:-2}" ;;
beat) exec .venv/bin/celery -A creditreport.jobs.celery_app beat --loglevel INFO --schedule "${CREDITREPORT_VAR_DIR:-var}/beat-schedule" ;;
work) exec .venv/bin/python -m creditreport work --every 5 ;;
*) exec .venv/bin/python -m creditreport "$@" ;;
esac
