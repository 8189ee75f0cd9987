"""What a WSGI server loads: ``gunicorn --config deploy/gunicorn.conf.py wsgi:app``."""

from creditreport import create_app
from creditreport.logs import log_to_stderr

log_to_stderr()
app = create_app()
