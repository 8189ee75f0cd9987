"""How gunicorn serves the pages. Run it where `wsgi.py` is: `gunicorn --config deploy/gunicorn.conf.py wsgi:app`.

`kill -HUP` of the main process loads program and settings anew: new workers take over, the old ones finish what they
have begun. Each value can be changed on the command line or by GUNICORN_CMD_ARGS.
"""

import os
import shutil
import tempfile
from pathlib import Path

# Drawing and signing keep a core busy, so there is one process for each; threads wait for sources meanwhile.
bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY") or len(os.sched_getaffinity(0)))
worker_class = "gthread"
threads = 8
# A request may wait for departments and a timestamp authority; a process that is stuck longer is replaced.
timeout = 120
graceful_timeout = 90
# Longer than the proxy keeps an idle connection (nginx: 60), so that it is the proxy who closes it.
keepalive = 75
# Against whatever grows over weeks; not all at once.
max_requests = 50_000
max_requests_jitter = 5_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 (memory, for the heartbeat)

# It is told what to do by signals; there is no other way in.
control_socket_disable = True

# What a request may be. Bodies are limited by UPLOAD_LIMIT_BYTES and by the proxy.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# Who calls is told by TRUSTED_PROXIES (README, settings), not here.
forwarded_allow_ips = ""

# One JSON object in a line, on standard error; no address, no verification code in full.
os.environ.setdefault("CREDITREPORT_LOG_FORMAT", "json")
logger_class = "creditreport.web.accesslog.AccessLog"
accesslog = "-"

# All processes count together here; forgotten with the main process. Set before anything counts.
METRICS = os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", "") or tempfile.mkdtemp(prefix="creditreport-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS


def on_starting(server):
    """Numbers of an earlier run are no longer true."""
    Path(METRICS).mkdir(parents=True, exist_ok=True)
    for file in Path(METRICS).glob("*.db"):
        file.unlink()


def post_worker_init(worker):
    """Fonts, key, manifests: read before the first request, not by it. What is missing, /readyz tells."""
    service = worker.app.wsgi().extensions["creditreport"]
    for part in ("catalog", "fonts", "editions", "signer", "trust", "rulebook"):
        try:
            getattr(service, part)
        except Exception as error:
            worker.log.error("%s is not ready: %s", part, type(error).__name__)


def child_exit(server, worker):
    """What a process counted stays; what it alone knew goes."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(server):
    """Leave nothing behind."""
    shutil.rmtree(METRICS, ignore_errors=True)
