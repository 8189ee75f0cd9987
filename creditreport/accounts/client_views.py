"""What a program may know of itself: whether its secret counts, for what, and how long."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from creditreport.accounts.apiaccess import api_client_required, present_program

blueprint = Blueprint("clients", __name__)


@blueprint.get("/api/v1/client")
@api_client_required()
def myself() -> Response:
    """The program whose secret is shown: to be asked before a batch, and to be warned before the secret expires."""
    program = present_program()
    assert program is not None  # noqa: S101 - the guard let it in
    return jsonify(
        name=program.name,
        key_id=program.key_id,
        scopes=sorted(program.scopes),
        per_minute=program.per_minute,
        expires_on=program.expires_on.isoformat(),
    )
