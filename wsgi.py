"""What a WSGI server loads: ``gunicorn wsgi:app``."""

from creditreport import create_app

app = create_app()
