"""The OpenAPI document, made of the table of addresses and of its types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, JsonValue
from pydantic.json_schema import models_json_schema
from werkzeug.http import HTTP_STATUS_CODES

from assessment.records.keys import Scope
from assessment.web.api.problems import CONTENT_TYPE, DETAILS, Problem
from assessment.web.api.reading import IDEMPOTENCY_KEY, KEY_PATTERN
from assessment.web.api.routes import Operation

Json = dict[str, JsonValue]

ADDRESS = "/api/v1/openapi.json"
_ALWAYS = (400, 401, 403, 405, 429, 500, 503)
_ID: Json = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,40}$"}
_REF = "#/components/schemas/{model}"


def document(operations: Sequence[Operation], version: str) -> Json:
    """Return the document of these addresses."""
    paths: dict[str, JsonValue] = {}
    for operation in operations:
        address = re.sub(r"<(\w+)>", r"{\1}", operation.path)
        there = paths.setdefault(address, {})
        assert isinstance(there, dict)  # noqa: S101  made in the line above
        there[operation.method.lower()] = _operation(operation)
    key: Json = {"type": "http", "scheme": "bearer", "description": _scopes()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Invitations and responses of a clinic",
            "version": version,
            "description": "docs/api.md has a worked example.",
        },
        "paths": paths,
        "components": {"schemas": _schemas(operations), "securitySchemes": {"key": key}},
    }


def _operation(operation: Operation) -> Json:
    answers: Json = {str(status): _said(told) for status, told in operation.answers.items()}
    for status in sorted({*_ALWAYS, *operation.problems}):
        answers[str(status)] = _problem(status)
    found: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Needs a key with the scope {operation.scope}.",
        "security": [{"key": []}],
        "parameters": list(_parameters(operation)),
        "responses": answers,
    }
    if operation.takes is not None:
        content: Json = {"application/json": {"schema": _ref(operation.takes)}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _parameters(operation: Operation) -> Iterator[Json]:
    for name in re.findall(r"<(\w+)>", operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": _ID}
    if operation.query is not None:
        for name, schema in operation.query.model_json_schema()["properties"].items():
            yield {"name": name, "in": "query", "required": False, "schema": schema}
    if operation.repeats:
        yield {
            "name": IDEMPOTENCY_KEY,
            "in": "header",
            "required": False,
            "description": "The same one never makes a second invitation.",
            "schema": {"type": "string", "pattern": KEY_PATTERN},
        }


def _said(told: type[BaseModel] | str) -> Json:
    if isinstance(told, str):
        return {"description": "A file.", "content": {told: {}}}
    content: Json = {"application/json": {"schema": _ref(told)}}
    return {"description": str(told.__doc__), "content": content}


def _problem(status: int) -> Json:
    return {
        "description": f"{HTTP_STATUS_CODES[status]}. {DETAILS[status]}",
        "content": {CONTENT_TYPE: {"schema": _ref(Problem)}},
    }


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": _REF.format(model=model.__name__)}


def _schemas(operations: Sequence[Operation]) -> JsonValue:
    told = {one for each in operations for one in each.answers.values() if not isinstance(one, str)}
    taken = {each.takes for each in operations if each.takes is not None}
    answers = sorted(told | {Problem}, key=lambda one: one.__name__)
    _, found = models_json_schema(
        [*((one, "validation") for one in taken), *((one, "serialization") for one in answers)],
        ref_template=_REF,
    )
    schemas: JsonValue = found["$defs"]
    return schemas


def _scopes() -> str:
    return f"An owner makes it at /clinic/settings/keys. Scopes: {', '.join(Scope)}."
