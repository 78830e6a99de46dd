"""`http`: a request to another system; the step's output is its answer's status and body."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.core.context import Context
from casework.core.definition import Json
from casework.core.kinds.part import Compiled, Part, rendered
from casework.core.parse_field import Fields

FIELDS: Final = ("method", "url", "headers", "body", "expect")

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
URL_MAX: Final = 4_000
HEADERS_MAX: Final = 50
"""Headers of a request: what servers take in all is some 8 kB."""

_EVALUATED: Final = ("url", "headers", "body")


def read(fields: Fields) -> dict[str, Json]:
    """`method`, `url`, `headers`, `body`, and `expect`: the statuses that are a success (2xx by default)."""
    settings: dict[str, Json] = {"method": fields.choice("method", METHODS), "url": fields.text("url", URL_MAX)}
    if not settings["url"]:
        fields.wrong("url", "the task has no 'url'", "write it like url: https://example.org/orders/{{ input.id }}")
    elif not settings["url"].startswith(("https://", "http://", "{{", "=")):
        fields.wrong("url", "the url must begin with https:// or http://")
    headers = _headers(fields)
    if headers:
        settings["headers"] = headers
    if fields.get("body") is not None:
        settings["body"] = fields.get("body")
    if fields.get("expect") is not None:
        settings["expect"] = list(fields.integers("expect", 100, 599))
    return settings


def _headers(fields: Fields) -> dict[str, Json]:
    headers = fields.map("headers")
    if len(headers) > HEADERS_MAX:
        fields.wrong("headers", f"'headers' has {len(headers)} entries; at most {HEADERS_MAX} are allowed")
    for name, value in headers.items():
        if not isinstance(value, str):
            fields.report.add((*fields.path, "headers", name), "a header's value must be text", "put it in quotes")
    return headers


def parts(settings: Mapping[str, Any]) -> Iterator[Part]:
    """The address, the headers and the body."""
    for name in _EVALUATED:
        if name in settings:
            yield Part(path=(name,), form="template", source=settings[name])


def evaluate(settings: Mapping[str, Any], compiled: Mapping[str, Compiled], context: Context) -> Json:
    """The request as it will be sent, but for its secrets."""
    request: dict[str, Json] = {"method": settings["method"]}
    for name in _EVALUATED:
        if name in settings:
            request[name] = rendered(compiled, name, context)
    if "expect" in settings:
        request["expect"] = settings["expect"]
    return request
