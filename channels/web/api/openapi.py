"""The description of the API (OpenAPI 3.1), made of the models it works with.

Invariant: what is described here is what `site.API` answers (a test compares the two).
"""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from channels.web.api import appointments, inquiries, problems
from channels.web.api.operations import ALWAYS, OPERATIONS, Operation
from office.settings import current

Schema = dict[str, Any]


async def show(request: Request) -> Response:
    """The description; everybody may read it."""
    return JSONResponse({**document(), "servers": [{"url": current().origin}]})


@cache
def document() -> Schema:
    """The description without the address of this office."""
    schemas = _schemas()
    paths: Schema = {}
    for operation in OPERATIONS:
        query = schemas.pop(operation.query.__name__) if operation.query else {}
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, query)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sprechstunde",
            "version": version("sprechstunde"),
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "security": [{"key": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "x-problems": {
            problems.kind(error): {
                "title": problems.title(error),
                "status": status,
                "detail": problems.detail(error),
            }
            for error, status in problems.KINDS.items()
        },
    }


def _schemas() -> Schema:
    read = [(model, "validation") for one in OPERATIONS for model in (one.query, one.body) if model]
    shown = [(model, "serialization") for model in {*(one.answer for one in OPERATIONS), problems.Problem}]
    pairs: Any = sorted(read + shown, key=lambda pair: pair[0].__name__)
    return dict(models_json_schema(pairs, ref_template="#/components/schemas/{model}")[1]["$defs"])


def _operation(operation: Operation, query: Schema) -> Schema:
    path = [
        ("path", name, {"type": "string"}, True) for name in ("token",) if f"{{{name}}}" in operation.path
    ]
    headers = [("header", name, {"type": "string"}, name == "Idempotency-Key") for name in operation.headers]
    asked = [
        ("query", name, _plain(schema), name in query.get("required", ()))
        for name, schema in query.get("properties", {}).items()
    ]
    done = "201" if operation.endpoint in (appointments.book, inquiries.ask) else "200"
    found: Schema = {
        "operationId": f"{operation.method}_{operation.path.split('/')[3]}_{operation.endpoint.__name__}",
        "summary": (operation.endpoint.__doc__ or "").splitlines()[0],
        "parameters": [
            {"in": where, "name": name, "required": required, "schema": schema}
            for where, name, schema, required in [*path, *headers, *asked]
        ],
        "responses": {done: _content(done, "application/json", operation.answer)}
        | {
            str(status): _content(str(status), problems.MEDIA_TYPE, problems.Problem)
            for status in (*operation.refusals, *ALWAYS)
        },
    }
    if operation.body:
        found["requestBody"] = {"required": True, **_content("", "application/json", operation.body)}
    return found


def _content(status: str, media_type: str, model: type[BaseModel]) -> Schema:
    said = {"description": HTTPStatus(int(status)).phrase} if status else {}
    return {**said, "content": {media_type: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}}


def _plain(schema: Schema) -> Schema:
    """A parameter is there or not, it is never null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name != "anyOf" and (name != "default" or value)}
    return kept | (choices[0] if choices else {})
