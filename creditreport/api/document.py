"""The description of the interface, OpenAPI 3.1, in the language asked for; the page ``/api/docs`` is drawn from it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic.json_schema import models_json_schema

from creditreport.api import examples, problems, texts
from creditreport.api.batch import MOST
from creditreport.api.forms import FILES, JOSE, JSON
from creditreport.api.idempotency import LONGEST
from creditreport.api.shapes import SHAPES
from creditreport.version import program_version

PROBLEM, KEY_SET = "application/problem+json", "application/jwk-set+json"
WAITING = (409, 429, 503)
SECRET: list[dict[str, Any]] = [{}, {"program": []}]


@lru_cache(maxsize=8)
def document(address: str, language: str) -> dict[str, Any]:
    """The document of the service at ``address``; not to be changed by who gets it."""
    _, schemas = models_json_schema(
        [(shape, "serialization") for shape in SHAPES], ref_template="#/components/schemas/{model}"
    )
    whole = {
        "openapi": "3.1.0",
        "info": {
            "title": texts.TITLE,
            "version": program_version(),
            "description": texts.ABOUT,
        },
        "servers": [{"url": address}],
        "tags": [{"name": name, "description": said} for name, said in texts.TAGS.items()],
        "paths": _paths(language),
        "components": {
            "schemas": _for_readers(schemas["$defs"]),
            "securitySchemes": {"program": {"type": "http", "scheme": "bearer", "description": texts.BEARER}},
        },
    }
    return dict(_in(whole, language))


def _in(node: Any, language: str) -> Any:
    """``node`` with each ``中文 | English`` reduced to the language's half."""
    if isinstance(node, dict):
        return {key: _in(value, language) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_in(value, language) for value in node]
    if isinstance(node, str) and " | " in node:
        zh, en = node.split(" | ", 1)
        return zh if language == "zh" else en
    return node


def _for_readers(node: Any) -> Any:
    """A schema without what programmers of this house say to each other."""
    if isinstance(node, dict):
        said = node.get("description")
        ours = isinstance(said, str) and " | " not in said
        # A property may be called title; what is dropped here is pydantic's own text.
        dropped = {
            key for key in ("title", "description") if isinstance(node.get(key), str) and (key == "title" or ours)
        }
        return {key: _for_readers(value) for key, value in node.items() if key not in dropped}
    return [_for_readers(value) for value in node] if isinstance(node, list) else node


def _paths(language: str) -> dict[str, Any]:
    def refused(codes: tuple[str, ...]) -> dict[str, Any]:
        return {str(status): _problem(status, told) for status, told in problems.by_status(codes, language).items()}

    return {
        "/api/v1/verifications/{code}": {"get": {**_one(), "responses": _told(_ONE, refused(problems.ONE))}},
        "/api/v1/verifications": {"post": {**_many(), "responses": _told(_MANY, refused(problems.MANY))}},
        "/api/v1/client": {"get": {**_client(), "responses": _told(_CLIENT, refused(problems.CLIENT))}},
        "/api/v1/keys": {"get": {**_keys(), "responses": _told(_KEYS, refused(problems.KEYS))}},
    }


def _told(good: dict[str, Any], refused: dict[str, Any]) -> dict[str, Any]:
    return {"200": good, **refused}


def _one() -> dict[str, Any]:
    code = {"name": "code", "in": "path", "required": True, "description": texts.CODE, "example": examples.CODE,
            "schema": {"type": "string", "minLength": 1}}  # fmt: skip
    return _operation("verifyCode", "verification", SECRET, [code, _SIGNED])


def _many() -> dict[str, Any]:
    key = {
        "name": "Idempotency-Key", "in": "header", "description": texts.IDEMPOTENCY_KEY,
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
        "example": "9f0c6c0e-tender-2026-118",
    }  # fmt: skip
    codes = {"schema": {"oneOf": [_ref("Codes"), {**_CODES, "description": texts.BARE}]},
             "examples": {"codes": {"value": examples.CODES}}}  # fmt: skip
    file = {"type": "string", "format": "binary", "contentMediaType": "application/pdf"}
    files = {"type": "array", "items": file, "minItems": 1, "maxItems": MOST}
    form = {"type": "object", "properties": {"files": files}, "required": ["files"], "additionalProperties": False}
    body = {"required": True, "description": texts.BODY, "content": {JSON: codes, FILES: {"schema": form}}}
    return {**_operation("verifyMany", "verification", SECRET, [_SIGNED, key]), "requestBody": body}


def _client() -> dict[str, Any]:
    return _operation("showClient", "program", [{"program": []}], [])


def _keys() -> dict[str, Any]:
    return _operation("listKeys", "signature", [{}], [])


def _operation(name: str, tag: str, security: list[Any], parameters: list[Any]) -> dict[str, Any]:
    summary, description = texts.OPERATIONS[name]
    said = {"operationId": name, "tags": [tag], "summary": summary, "description": description, "security": security}
    return {**said, "parameters": parameters} if parameters else said


def _ref(shape: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape}"}


def _answer(description: str, *media: tuple[str, Any, dict[str, Any]]) -> dict[str, Any]:
    content = {
        kind: {"schema": schema, "examples": {name: {"value": value} for name, value in told.items()}}
        for kind, schema, told in media
    }
    return {"description": description, "content": content}


def _problem(status: int, told: dict[str, dict[str, Any]]) -> dict[str, Any]:
    said = _answer(texts.STATUSES[status], (PROBLEM, _ref("Problem"), told))
    if status in WAITING:
        said["headers"] = {"Retry-After": {"description": texts.RETRY_AFTER, "schema": {"type": "integer"}}}
    return said


_CODES = {"type": "array", "minItems": 1, "maxItems": MOST,
          "items": {"type": "string", "minLength": 1, "maxLength": 200}}  # fmt: skip
_SIGNED = {"name": "signed", "in": "query", "description": texts.SIGNED, "schema": {"type": "boolean"}}
_JWS = (JOSE, {"type": "string", "description": texts.JWS}, {"signed": examples.SIGNED})
_ONE = _answer(texts.GOOD_ONE, (JSON, _ref("Verdict"), {"valid": examples.VERDICT, "unknown": examples.UNKNOWN}), _JWS)
_REPLAYED = {"Idempotency-Replayed": {"description": texts.REPLAYED, "schema": {"type": "string", "enum": ["true"]}}}
_MANY = {
    **_answer(texts.GOOD_MANY, (JSON, _ref("Results"), {"codes": examples.RESULTS, "files": examples.FILES}), _JWS),
    "headers": _REPLAYED,
}
_CLIENT = _answer(texts.GOOD_CLIENT, (JSON, _ref("Client"), {"client": examples.CLIENT}))
_KEYS = _answer(texts.GOOD_KEYS, (KEY_SET, _ref("Keys"), {"keys": examples.KEYS}))
