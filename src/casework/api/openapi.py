"""The reference of the API, OpenAPI 3.1, made of what the routes declare."""

import re
from collections.abc import Iterator
from typing import Any, Final, get_args

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from casework import __version__
from casework.api.errors import TITLES, surface_of
from casework.api.examples import refusal
from casework.api.parameters import Parameter
from casework.api.routes import OPERATION, POLICY, Operation
from casework.core.permission import Policy

_REFERENCE: Final = "#/components/schemas/{name}"
_PLACEHOLDER: Final = re.compile(r"{(\w+)}")
_NOT_A_WORD: Final = re.compile(r"[^A-Za-z0-9]+")

_SECURITY: Final[list[dict[str, list[str]]]] = [{"cookie": []}, {"bearer": []}, {"password": []}]

_SCHEMES: Final = {
    "cookie": {"type": "apiKey", "in": "cookie", "name": "casework_session", "description": "A browser's session."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key (cw_...) or a token."},
    "password": {
        "type": "oauth2",
        "flows": {"password": {"tokenUrl": "/token", "scopes": {}}},
        "description": "A token for an e-mail and a password, for one hour.",
    },
}

_TAGS: Final = {
    "system": "Health, metrics and this reference.",
    "auth": "Signing in and out, tokens, and who one is.",
    "workspace": "Workflows, assignments, members, roles, keys: the whole of a workspace.",
    "chats": "Chats, and the workflow runs that they started.",
    "analytics": "Runs as rows: states, latency, tokens, cost.",
    "activities": "The inbox: what waits for people, and everything that they do with it (JSON:API).",
    "mcp": "The same work as tools, for agents that speak the Model Context Protocol.",
    "openai": "Workflows as models, for clients of OpenAI's API.",
}

_NO_CONTENT: Final = 204

_IDEMPOTENT: Final = frozenset({"post", "put", "patch"})

_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and request give the first answer again; kept for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def document(app: Litestar) -> dict[str, Any]:
    """The OpenAPI document of the application."""
    declared = sorted(_declared(app), key=lambda one: one[:2])  # the framework keeps routes and methods in no order
    types = [kind for *_, operation in declared for kind in (operation.body, operation.answer) if kind is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    by_type = dict(zip((_key(kind) for kind in types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for path, method, policy, operation in declared:
        paths.setdefault(path, {})[method] = _operation(path, method, policy, operation, by_type)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Casework",
            "version": __version__,
            "description": "Durable workflows in which people, AI agents and automation share the work.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": _SECURITY,
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": components, "securitySchemes": _SCHEMES},
    }


def _declared(app: Litestar) -> Iterator[tuple[str, str, Policy, Operation]]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            operation = handler.opt.get(OPERATION)
            if isinstance(operation, Operation) and not operation.is_hidden:
                for method in handler.http_methods:
                    yield route.path_format, method.lower(), handler.opt[POLICY], operation


def _operation(path: str, method: str, policy: Policy, operation: Operation, schemas: dict[int, Any]) -> dict[str, Any]:
    surface = surface_of(path)
    found: dict[str, Any] = {
        "operationId": _NOT_A_WORD.sub("_", f"{method} {path}").strip("_"),
        "summary": operation.summary,
        "tags": list(operation.tags or (surface.name,)),
        "parameters": _parameters(path, method, policy, operation),
        "responses": _responses(path, policy, operation, schemas),
        "x-policy": _policy(policy),
    }
    if operation.description:
        found["description"] = operation.description
    if operation.body is not None:
        found["requestBody"] = _body(operation, schemas)
    if policy.who == "anyone":
        found["security"] = []
    return found


def _parameters(path: str, method: str, policy: Policy, operation: Operation) -> list[dict[str, Any]]:
    by_name = {parameter.name: parameter for parameter in operation.path}
    found = [_parameter(by_name.get(name) or Parameter(name=name, where="path")) for name in _PLACEHOLDER.findall(path)]
    found += [_parameter(parameter) for parameter in operation.query]
    if method in _IDEMPOTENT and policy.who == "member" and not operation.is_dry:
        found.append(_IDEMPOTENCY_KEY)
    return found


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = parameter.schema()
    if parameter.name.endswith("_uuid"):
        schema = {"type": "string", "format": "uuid"}
    return {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.where == "path",
        "description": parameter.description or schema.get("description", ""),
        "schema": schema,
    }


def _body(operation: Operation, schemas: dict[int, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schemas[_key(operation.body)]}
    if operation.body_example is not None:
        content["example"] = msgspec.to_builtins(operation.body_example)
    found = {"required": True, "content": dict.fromkeys(operation.body_media_types, content)}
    return found if operation.body_bytes_max is None else {**found, "x-bytes-max": operation.body_bytes_max}


def _responses(path: str, policy: Policy, operation: Operation, schemas: dict[int, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done."}
    if operation.answer is not None:
        content: dict[str, Any] = {"schema": schemas[_key(operation.answer)]}
        if operation.answer_example is not None:
            content["example"] = msgspec.to_builtins(operation.answer_example)
        answer["content"] = {operation.media_type: content}
    found = {str(status): answer for status in (operation.status, *operation.also) if status != _NO_CONTENT}
    if _NO_CONTENT in (operation.status, *operation.also):
        found[str(_NO_CONTENT)] = {"description": "Done."}
    found |= {str(status): {"description": when} for status, when in operation.silent.items()}
    for status in sorted(_refusals(path, policy, operation)):
        found[str(status)] = refusal(surface_of(path), status)
    return found


def _refusals(path: str, policy: Policy, operation: Operation) -> set[int]:
    surface = surface_of(path)
    found = {*operation.refuses, surface.invalid, 500}  # a query that is no text is refused everywhere
    if policy.who != "anyone":
        found |= {401, 403}
    if operation.body is not None:
        found |= {surface.invalid, surface.malformed, 413, 415}
    return found & TITLES.keys()


def _policy(policy: Policy) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(policy).items() if value is not None}


def _key(kind: Any) -> int:
    return hash(kind) if not get_args(kind) else hash(str(kind))
