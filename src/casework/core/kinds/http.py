"""`http`: a request to another system; the step's output is its answer's status and body."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.core.context import Context
from casework.core.definition import Json
from casework.core.kinds.part import Compiled, Part, rendered
from casework.core.kinds.reading import READING, read_reading
from casework.core.parse_field import Fields

FIELDS: Final = ("method", "url", "headers", "body", "expect", "key_header", *READING)

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
URL_MAX: Final = 4_000
HEADERS_MAX: Final = 50
"""Headers of a request: what servers take in all is some 8 kB."""

KEY_HEADER: Final = "Idempotency-Key"
"""The header that bears the step's key at every attempt, unless the task names another."""

_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")

_EVALUATED: Final = ("url", "headers", "body")


def read(fields: Fields) -> dict[str, Json]:
    """`method`, `url`, `headers`, `body`; `expect`: the statuses that are a success (2xx by default); `key_header`."""
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
    _key_header(fields, settings)
    return settings | read_reading(fields)


def _key_header(fields: Fields, settings: dict[str, Json]) -> None:
    """`key_header`: where the other system looks for an idempotency key; the step's own key is put there alone."""
    name = fields.text("key_header", 200, default=KEY_HEADER)
    if not _HEADER.fullmatch(name):
        fields.wrong("key_header", "this is not the name of a header", f"write it like key_header: {KEY_HEADER}")
    elif name.lower() in {header.lower() for header in settings.get("headers", {})}:
        fields.wrong("headers", f"the header {name} bears the step's key", "leave it out, or name another 'key_header'")
    elif name != KEY_HEADER:
        settings["key_header"] = name


def _headers(fields: Fields) -> dict[str, Json]:
    headers = fields.map("headers")
    if len(headers) > HEADERS_MAX:
        fields.wrong("headers", f"'headers' has {len(headers)} entries; at most {HEADERS_MAX} are allowed")
    for name, value in headers.items():
        if not _HEADER.fullmatch(name):
            fields.report.add((*fields.path, "headers", name), "this is not the name of a header")
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
    for name in ("expect", "key_header"):
        if name in settings:
            request[name] = settings[name]
    return request
