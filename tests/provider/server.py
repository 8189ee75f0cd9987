"""A real OpenID Connect provider for the tests: Django OAuth Toolkit in a process of its own.

``python -m tests.provider.server PORT FOLDER RETURN_ADDRESS LEAVE_ADDRESS`` serves people whose claims stand in
``FOLDER/people.json``; ``FOLDER/key.pem`` signs, ``FOLDER/old.pem`` (if there) is still published. ``FOLDER/skew``
holds the seconds by which the provider's clock is ahead.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
RETURN_ADDRESS, LEAVE_ADDRESS = sys.argv[3].split(","), sys.argv[4].split(",")
PASSWORD = "provider-password"
CLIENT, SECRET = "creditreport", "a client secret of the tests"


def configure() -> None:
    import django
    from django.conf import settings

    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    old = FOLDER / "old.pem"
    settings.configure(
        DEBUG=False,
        SECRET_KEY="provider",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.provider.urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "provider.sqlite3"}},
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent],
             "APP_DIRS": True}
        ],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        LOGIN_URL="/login/",
        # Hashing that costs nothing: it is not the provider that is tested.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        USE_TZ=True,
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_RSA_PRIVATE_KEY": (FOLDER / "key.pem").read_text(),
            "OIDC_RSA_PRIVATE_KEYS_INACTIVE": [old.read_text()] if old.exists() else [],
            "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
            "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
            "PKCE_REQUIRED": True,
            "SCOPES": {"openid": "openid", "profile": "profile"},
            "OAUTH2_VALIDATOR_CLASS": "tests.provider.claims.Validator",
            "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
        },
    )  # fmt: skip
    django.setup()


def prepare() -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from oauth2_provider.models import get_application_model

    call_command("migrate", verbosity=0)
    user, application = get_user_model(), get_application_model()
    for name in people():
        if not user.objects.filter(username=name).exists():
            user.objects.create_user(name, password=PASSWORD)
    application.objects.update_or_create(
        client_id=CLIENT,
        defaults={
            "client_secret": SECRET, "hash_client_secret": True, "client_type": "confidential",
            "authorization_grant_type": "authorization-code", "redirect_uris": " ".join(RETURN_ADDRESS),
            "post_logout_redirect_uris": " ".join(LEAVE_ADDRESS), "skip_authorization": True, "algorithm": "RS256",
        },
    )  # fmt: skip


def people() -> dict[str, dict[str, Any]]:
    """What the provider says of each person, read anew for each token."""
    return json.loads((FOLDER / "people.json").read_text(encoding="utf-8"))


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    sys.modules["tests.provider.server"] = sys.modules["__main__"]
    configure()
    prepare()
    from django.core.wsgi import get_wsgi_application

    with make_server("127.0.0.1", PORT, get_wsgi_application(), handler_class=Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()
