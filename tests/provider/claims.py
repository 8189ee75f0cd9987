"""What the provider says of a person: the claims of people.json, by its own clock."""

from __future__ import annotations

from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from tests.provider.server import FOLDER, people


def ahead() -> int:
    """By how many seconds the provider's clock is ahead."""
    skew = FOLDER / "skew"
    return int(skew.read_text()) if skew.exists() else 0


class Validator(OAuth2Validator):
    # Every claim goes with the one scope.
    oidc_claim_scope = None

    def get_additional_claims(self, request: Any) -> dict[str, Any]:
        return people()[request.user.username]

    def get_id_token_dictionary(self, *rest: Any) -> Any:
        claims, expires = super().get_id_token_dictionary(*rest)
        # What people.json says wins, so that a test can make the provider lie about anything.
        told = people()[rest[-1].user.username]
        return {**claims, "exp": claims["exp"] + ahead(), "auth_time": claims["auth_time"] + ahead(), **told}, expires

    def finalize_id_token(self, id_token: dict[str, Any], *rest: Any) -> str:
        return super().finalize_id_token({**id_token, "iat": id_token["iat"] + ahead()}, *rest)
