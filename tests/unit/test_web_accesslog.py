"""No verification code and no secret of a link is in the access log in full: asked of a real gunicorn."""

from __future__ import annotations

import http.client
import subprocess
import sys
from pathlib import Path

import pytest

from creditreport.config import CHECKOUT
from creditreport.verification.codes import new_code
from creditreport.web.accesslog import shortened

BARE = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
"""


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        ("GET /v/ABCD-EFGH-JKMN-PQRS-TVWX HTTP/1.1", "GET /v/ABCD… HTTP/1.1"),
        ("/v/ABCDEFGHJKMNPQRSTVWX/pdf", "/v/ABCD…/pdf"),
        ("/api/v1/verifications/ABCDEFGHJKMNPQRSTVWX?lang=en", "/api/v1/verifications/ABCD…?lang=en"),
        ("/verify?lang=en&code=ABCDEFGHJKMNPQRSTVWX", "/verify?lang=en&code=ABCD…"),
        ("/v/https://x.cn/v/ABCDEFGHJKMNPQRSTVWX", "/v/http…//x.cn/v/ABCD…"),
        ("/v/ABCD EFGH JKMN", "/v/ABCD…"),
        ("/staff/set-up/abcdEFGH-_1234567890xyz", "/staff/set-up/abcd…"),
        ("/reports/320900202611210000017/pdf", "/reports/320900202611210000017/pdf"),
        ("/static/site.css?v=1", "/static/site.css?v=1"),
    ],
)
def test_codes_and_tokens_are_cut(whole: str, cut: str) -> None:
    assert shortened(whole) == cut


def test_gunicorn_writes_none_in_full(tmp_path: Path) -> None:
    (tmp_path / "bare.py").write_text(BARE, encoding="utf-8")
    code, token, log = new_code(), "tkn-" + "s3cr3t" * 4, tmp_path / "access.log"
    layout = '%(h)s "%(r)s" %(U)s %(q)s %(f)s %({referer}i)s %({raw_uri}e)s %(s)s'
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "bare:app", "--chdir", str(tmp_path), "--bind", "127.0.0.1:0",
         "--pythonpath", str(CHECKOUT), "--logger-class", "creditreport.web.accesslog.AccessLog",
         "--access-logfile", str(log), "--access-logformat", layout],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stderr is not None
        port = next(int(line.rsplit(":", 1)[1].split()[0]) for line in server.stderr if "Listening at" in line)
        for path in (f"/v/{code}", f"/v/{code[:4]}%20{code[4:]}", f"/verify?code={code}", f"/invitations/{token}"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", path, headers={"Referer": f"https://x.cn{path}"})
            assert connection.getresponse().status == 200
            connection.close()
    finally:
        server.terminate()
        server.communicate()
    lines = log.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 4
    assert all(line.endswith(" 200") and line.startswith("127.0.0.1 ") for line in lines)
    assert all(secret not in line for line in lines for secret in (code[8:], token[8:]))
    assert code[:4] in lines[0]
