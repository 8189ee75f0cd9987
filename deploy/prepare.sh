#!/bin/sh
# Makes a checkout ready to run, once after each change of version; the service itself may write var/ alone.
# PYTHON chooses the interpreter (3.11 or newer). Also what deploy/Containerfile builds the image with.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" -m venv .venv
.venv/bin/pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes -r requirements.txt
.venv/bin/python - <<'PREPARE'
from pathlib import Path

from creditreport.reports.font_setup import prepare_fonts
from creditreport.web.translations import compile_translations

prepare_fonts(Path("var"), print)  # a minute, the first time
compile_translations()
PREPARE
.venv/bin/python -m compileall -q creditreport
