"""Signed verdicts: what two JOSE libraries and openssl say of them, by keys in a file and in a token."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import KeySet
from jwcrypto import jwk as other_jwk
from jwcrypto import jws as other_jws
from werkzeug.test import TestResponse

from creditreport.accounts.apiclients import add_client
from creditreport.accounts.models import Scope
from creditreport.api.jws import key_set, sign_json
from creditreport.clock import FixedClock
from creditreport.config import Settings
from creditreport.errors import Problem
from creditreport.service import Service
from creditreport.signing import hardware
from creditreport.signing.models import KeyState
from creditreport.signing.register import find_key, take_into_use
from creditreport.signing.trust import load_trust
from creditreport.verification.codes import new_code
from tests.conftest import NOON
from tests.portal import BASE, Portal, get
from tests.softtoken import SoftToken
from tests.stores import make_store

ADDRESS = "/api/v1/verifications"
SAID = {"results": [{"asked": "x", "status": "VALID"}]}


@pytest.fixture(scope="module")
def bearer(portal: Portal) -> dict[str, str]:
    last = NOON.date() + timedelta(days=30)
    secret = add_client(portal.service.sessions, "示例平台", list(Scope), 60_000, last, "test", NOON)
    return {"Authorization": f"Bearer {secret}"}


def parts_of(token: str) -> tuple[dict[str, object], dict[str, object], bytes]:
    head, body, value = (urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    return json.loads(head), json.loads(body), value


def openssl_accepts(token: str, folder: Path) -> bool:
    """Whether openssl takes the value for a signature by the certificate that came along."""
    head, body, value = parts_of(token)
    chain = body["x5c"]
    assert isinstance(chain, list)
    public = x509.load_der_x509_certificate(b64decode(chain[0])).public_key()
    if head["alg"] == "ES256":
        value = encode_dss_signature(*(int.from_bytes(value[at : at + 32], "big") for at in (0, 32)))
    (folder / "key.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (folder / "value").write_bytes(value)
    (folder / "said").write_text(token.rpartition(".")[0])
    command = ["openssl", "dgst", "-sha256", "-verify", "key.pem", "-signature", "value", "said"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def accepted(token: str, keys: dict[str, object], folder: Path) -> dict[str, object]:
    """What was said, after everybody found the signature good and a changed one bad."""
    said = jws.deserialize_compact(token, KeySet.import_key_set(keys), algorithms=["ES256", "RS256"])
    other = other_jws.JWS()
    other.deserialize(token, key=other_jwk.JWKSet.from_json(json.dumps(keys)), alg=str(said.protected["alg"]))
    assert other.payload == said.payload
    assert openssl_accepts(token, folder)
    head, body, value = token.split(".")
    changed = {**json.loads(said.payload), "iat": 0}
    body = urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()
    assert not openssl_accepts(f"{head}.{body}.{value}", folder)
    told: dict[str, object] = json.loads(said.payload)
    return told


def signed(portal: Portal, path: str, headers: dict[str, str]) -> TestResponse:
    answer = get(portal.visitor(), path, headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, "application/jose")
    return answer


def test_a_platform_files_a_signed_verdict(portal: Portal, bearer: dict[str, str], tmp_path: Path) -> None:
    code = portal.issue(portal.mine).content.verification_code
    keys = get(portal.visitor(), "/api/v1/keys").get_json(force=True)
    token = signed(portal, f"{ADDRESS}/{code}?signed=1", bearer).text
    told = accepted(token, keys, tmp_path)
    assert (told["iss"], told["iat"], told["checked_at"]) == (BASE, int(NOON.timestamp()), NOON.isoformat())
    plain = get(portal.visitor(), f"{ADDRESS}/{code}").get_json()
    assert told["results"] == [{"asked": code, **plain}]
    head, said, _ = parts_of(token)
    assert (head["typ"], head["kid"]) == ("verification+jwt", portal.service.signer.fingerprint)
    # Who has only the authority's root, and not our address, can check it too.
    own, *others = (b64decode(one) for one in said["x5c"])  # type: ignore[union-attr]
    settings = portal.service.settings
    assert load_trust(settings.keys_dir, settings.env).accepts(own, others, NOON)
    by_header = signed(portal, f"{ADDRESS}/{code}", {**bearer, "Accept": "application/jose"}).text
    assert parts_of(by_header)[1] == told


def test_a_batch_is_signed_as_one(portal: Portal, bearer: dict[str, str], tmp_path: Path) -> None:
    codes = [new_code(), "ABC"]
    answer = portal.visitor().post(f"{ADDRESS}?signed=true", base_url=BASE, json=codes, headers=bearer)
    told = accepted(answer.text, key_set(portal.service), tmp_path)
    assert [one["status"] for one in told["results"]] == ["UNKNOWN", "MISTYPED"]  # type: ignore[attr-defined]


def test_what_is_wanted_is_said_clearly(portal: Portal, bearer: dict[str, str]) -> None:
    code = new_code()

    def ask(query: str = "", **headers: str) -> tuple[int, str]:
        answer = get(portal.visitor(), f"{ADDRESS}/{code}{query}", headers=headers)
        return answer.status_code, answer.get_json(force=True).get("code", answer.mimetype)

    assert ask("?signed=1") == (401, "SECRET_NEEDED")
    assert ask(Accept="application/jose") == (401, "SECRET_NEEDED")
    assert ask("?signed=perhaps", **bearer) == (422, "INVALID_PARAMETER")
    for accept in ("*/*", "application/json", "text/html", "application/json, application/jose;q=0.9"):
        assert ask(Accept=accept, **bearer) == (200, "application/json")
    assert ask("?signed=0", Accept="application/jose", **bearer) == (200, "application/json")


@pytest.fixture
def soft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoftToken]:
    monkeypatch.setenv("SOFTHSM2_CONF", "")
    hardware.token.cache_clear()
    yield SoftToken(tmp_path)
    hardware.token.cache_clear()


@pytest.mark.parametrize("rsa", [False, True])
def test_a_key_in_a_token_signs_too(soft: SoftToken, signing_settings: Settings, tmp_path: Path, rsa: bool) -> None:
    soft.make_key(signing_settings, "seal", rsa=rsa)
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    make_store(url)
    with Service(soft.settings(signing_settings, "seal", DATABASE_URL=url), FixedClock(NOON)) as service:
        token = sign_json(service, SAID, NOON)
        assert accepted(token, key_set(service), tmp_path)["results"] == SAID["results"]
        assert parts_of(token)[0]["alg"] == ("RS256" if rsa else "ES256")
        with pytest.raises(Problem) as refused:
            sign_json(service, SAID, NOON + timedelta(days=400))
        assert refused.value.code == "SIGNING_UNAVAILABLE"


def test_a_withdrawn_key_signs_nothing_and_is_offered_to_nobody(signing_settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    make_store(url)
    with Service(dataclasses.replace(signing_settings, database_url=url), FixedClock(NOON)) as service:
        take_into_use(service.sessions, service.signer.key, NOON, by="test")
        assert len(key_set(service)["keys"]) == 1
        with service.sessions.begin() as session:
            row = find_key(session, service.signer.fingerprint)
            assert row is not None
            row.state, row.revoked_at = KeyState.REVOKED, NOON
        assert key_set(service)["keys"] == []
        with pytest.raises(Problem) as refused:
            sign_json(service, SAID, NOON)
        assert refused.value.code == "SIGNING_UNAVAILABLE"
