"""Sign-in by an identity service (OpenID Connect): authorization code with PKCE and nonce, and signing out there too.

The protocol is Authlib's; what is ours is what becomes of the claims (``arriving.py``) and what a person is told when
the service does not answer or says something that we cannot accept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from creditreport.accounts.arriving import arrive_business, arrive_staff, read_claims
from creditreport.accounts.models import Kind
from creditreport.accounts.signin import open_session
from creditreport.accounts.targets import safe_target
from creditreport.config_identity import IdentityProvider
from creditreport.errors import Problem
from creditreport.web.context import moment, service

blueprint = Blueprint("identity", __name__)
log = structlog.get_logger(__name__)

# A person waits at a browser; a service that takes longer is down for them.
TIMEOUT_SECONDS = 10
# How far the clocks of the two machines may be apart.
LEEWAY_SECONDS = 120
EXTENSION = "creditreport.oidc"
NEXT = "identity_next"
LONGEST_ID_TOKEN = 4096


def init_identity(app: Flask) -> None:
    """Make a client for each identity service that the settings name; nothing is fetched before the first sign-in."""
    oauth = OAuth(app)
    settings = app.extensions["creditreport"].settings
    for kind, provider in ((Kind.BUSINESS, settings.identity.business), (Kind.STAFF, settings.identity.staff)):
        if provider is not None:
            oauth.register(
                kind.value,
                client_id=provider.client_id,
                client_secret=provider.client_secret,
                server_metadata_url=f"{provider.issuer}/.well-known/openid-configuration",
                client_kwargs={
                    "scope": provider.scope, "code_challenge_method": "S256", "default_timeout": TIMEOUT_SECONDS,
                },
            )  # fmt: skip
    app.extensions[EXTENSION] = oauth


def provider_of(kind: Kind) -> IdentityProvider:
    """The identity service of this house; ``PAGE_NOT_FOUND`` where the settings name none."""
    identity = service().settings.identity
    provider = identity.business if kind is Kind.BUSINESS else identity.staff
    if provider is None:
        raise Problem("PAGE_NOT_FOUND")
    return provider


def _told(step: Callable[..., Response]) -> Callable[..., Response]:
    """Turn what goes wrong at or with the identity service into a sentence for the person who waits."""

    @wraps(step)
    def run(*args: Any, **kwargs: Any) -> Response:
        try:
            return step(*args, **kwargs)
        except requests.RequestException as error:
            log.warning("identity service not reached", error=type(error).__name__)
            raise Problem("IDENTITY_UNAVAILABLE") from error
        # Authlib's and joserfc's own errors, and the bare ones that they raise for metadata or answers cut short.
        except (AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError) as error:
            reason = getattr(error, "error", None) or type(error).__name__
            log.warning("sign-in by the identity service refused", reason=reason)
            raise Problem("IDENTITY_REFUSED", reason=reason) from error

    return run


@blueprint.get("/identity/<any(business, staff):kind>/start")
@_told
def start(kind: str) -> Response:
    """Send the person to the identity service."""
    house = Kind(kind)
    provider_of(house)
    session[NEXT] = request.args.get("next", "")
    return cast(Response, _client(house).authorize_redirect(_return_address(house)))


@blueprint.get("/identity/<any(business, staff):kind>/return")
@_told
def come_back(kind: str) -> Response:
    """The person comes back with a code: check what the service says, open a session, go where they wanted to."""
    house = Kind(kind)
    provider = provider_of(house)
    token = _client(house).authorize_access_token(
        leeway=LEEWAY_SECONDS,
        claims_options={
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "exp": {"essential": True},
        },
    )
    claims = token.get("userinfo")
    if claims is None:  # a token without an identity proves nothing about a person
        raise Problem("IDENTITY_INCOMPLETE", claim="id_token")
    arrival = read_claims(provider, claims, house)
    target = safe_target(session.get(NEXT))
    register_id = None
    if house is Kind.BUSINESS:
        account_id, register_id = arrive_business(service().sessions, provider, arrival, moment())
    else:
        account_id = arrive_staff(service().sessions, provider, arrival, moment())
    open_session(account_id, acting_for=register_id, id_token=_kept(token.get("id_token")))
    return redirect(target, 303)


def _kept(id_token: str | None) -> str | None:
    """The token, for signing out there; one too long for its column is forgone, signing out here works without."""
    return id_token if id_token is not None and len(id_token) <= LONGEST_ID_TOKEN else None


def sign_out_there(kind: Kind, id_token: str | None) -> Response | None:
    """Where to send the browser so that the identity service ends its own session too; None if it offers no such way.

    Our own session has been ended before: whatever the service does, nobody is signed in here any more.
    """
    if id_token is None:
        return None
    try:
        answer = _client(kind).logout_redirect(
            post_logout_redirect_uri=service().settings.public_url + "/", id_token_hint=id_token
        )
    except (requests.RequestException, RuntimeError):
        return None
    session.clear()
    return cast(Response, answer)


def _client(kind: Kind) -> FlaskOAuth2App:
    client = current_app.extensions[EXTENSION].create_client(kind.value)
    if client is None:
        raise Problem("PAGE_NOT_FOUND")
    return client


def _return_address(kind: Kind) -> str:
    # From the settings and not from the request: a forged Host must not decide where codes are sent.
    return service().settings.public_url + url_for("identity.come_back", kind=kind.value)
