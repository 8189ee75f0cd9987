#!/bin/sh
# What a container or a unit runs: deploy/run.sh web | worker | beat | work | <any creditreport command>.
# Celery at WARNING: at INFO it writes three lines for each tick of five seconds, between which nobody finds ours.
set -eu
cd "$(dirname "$0")/.."
case "${1:-web}" in
web) exec .venv/bin/gunicorn --config deploy/gunicorn.conf.py wsgi:app ;;
worker) exec .venv/bin/celery -A creditreport.jobs.celery_app worker --loglevel WARNING --concurrency "${WEB_CONCURRENCY:-2}" ;;
beat) exec .venv/bin/celery -A creditreport.jobs.celery_app beat --loglevel WARNING ;;
work) exec .venv/bin/python -m creditreport work --every 5 ;;
*) exec .venv/bin/python -m creditreport "$@" ;;
esac
