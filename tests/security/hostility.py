"""What nobody should send: valid requests with one thing wrong, made from the declarations of each operation.

Each says whether it must be refused. Of the others it is only known that they may not break anything.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from tests.security.asking import Draft
from tests.security.schemas import Document, Schema, with_value

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MIB = 1024 * 1024
LONG = 100_000

VALUES: Mapping[str, Any] = {
    "null": None,
    "true": True,
    "zero": 0,
    "minus one": -1,
    "1e18": 10**18,
    "1e30": 10**30,
    "a fraction": 1.5,
    "a huge float": 1e308,
    "an empty text": "",
    "a bad date": "2024-02-30T99:00:00Z",
    "a date far away": "9999-12-31T23:59:59-23:59",
    "a long text": "x" * LONG,
    "a list": [None, 1, "x", {}],
    "a long list": [1] * 10_000,
    "a nested object": {"nested": {"a": [1, {"b": None}]}},
    "SQL": "'; drop table runs; --",
}
UNSTORABLE: Mapping[str, Any] = {
    "NUL": "a\0b",
    "half a pair": "\ud800",
    "NUL within": {"a": ["\0"]},
    "NUL name": {"\0": 1},
}
"""Texts that the database cannot hold: to be refused wherever they stand."""

TEXTS: Sequence[str] = (
    "",
    "0",
    "-1",
    "1.5",
    "NaN",
    "1000000000000000000",
    "9" * 40,
    "2024-02-30",
    "99999-01-01T00:00:00+99:00",
    "018d7c5e-1a00-7000-8000-00000000dea",
    "id; drop table runs",
    "name desc nulls first",
    "' or '1'='1",
    '{"a":' * 100,
    "x" * LONG,
    "\u0661\u0662",
    ",,,",
)
BROKEN: Sequence[str] = ("a%00b", "%ff", "%ED%A0%80")
"""What no text can be made of, or none that the database can hold."""

PATHS: Sequence[str] = (
    *("0", "-1", "1.5", "NaN", "..", "9" * 40, "x" * 5000, "%20", "%D9%A1", "%27%3B%20drop%20table%20runs%3B--"),
    *("1000000000000000000", *BROKEN),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A request that should not be. `must_fail`: it is to be refused, whatever its handler thinks."""

    label: str
    target: str
    headers: Mapping[str, str | bytes] = field(default_factory=dict)
    body: bytes = b""
    is_in_pieces: bool = False
    must_fail: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """An operation, and a request of it that is valid."""

    path: str
    operation: Mapping[str, Any]
    document: Document
    draft: Draft

    @property
    def media_types(self) -> Sequence[str]:
        """What bodies may be sent as; none where none is read."""
        return list(self.operation.get("requestBody", {}).get("content", ()))

    @property
    def schema(self) -> Schema:
        """Of the body."""
        found: Schema = self.operation["requestBody"]["content"][self.media_types[0]]["schema"]
        return found

    @property
    def bytes_max(self) -> int:
        """How large a body may be."""
        found: int = self.operation["requestBody"].get("x-bytes-max", MIB)
        return found

    def send(self, label: str, body: Any, *, must_fail: bool = True, media_type: str = JSON) -> Hostile:
        """The request with another body: bytes as they are, anything else as JSON."""
        sent = body if isinstance(body, bytes) else encoded(body)
        headers = {"content-type": media_type}
        return Hostile(label=label, target=self.draft.target, headers=headers, body=sent, must_fail=must_fail)

    def plain(self) -> Hostile:
        """The valid request itself."""
        if not self.media_types:
            return Hostile(label="valid", target=self.draft.target, must_fail=False)
        is_form = isinstance(self.draft.body, bytes)
        return self.send("valid", self.draft.body, must_fail=False, media_type=FORM if is_form else JSON)


def encoded(value: Any) -> bytes:
    """The value as JSON text; what JSON cannot say is said all the same."""
    return json.dumps(value).encode()


def attacks(aim: Aim) -> Iterator[Hostile]:
    """Everything that is tried on an operation."""
    yield from _paths(aim)
    yield from _queries(aim)
    yield from _headers(aim)
    if aim.media_types == [FORM]:
        yield from _forms(aim)
    elif aim.media_types:
        yield from _bodies(aim)
        yield from _fields(aim)


def _paths(aim: Aim) -> Iterator[Hostile]:
    plain = aim.plain()
    names = [one["name"] for one in aim.operation["parameters"] if one["in"] == "path"]
    for name in names:
        for text in PATHS:
            target = aim.path.format_map({**aim.draft.ids, name: text})
            yield replace(plain, label=f"{name} in the path: {text[:30]}", target=target, must_fail=True)


def _queries(aim: Aim) -> Iterator[Hostile]:
    plain = aim.plain()
    path, _, query = plain.target.partition("?")

    def asked(label: str, more: str, *, must_fail: bool) -> Hostile:
        joined = f"{query}&{more}" if query else more
        return replace(plain, label=f"query {label}", target=f"{path}?{joined}", must_fail=must_fail)

    for text in BROKEN:
        yield asked(f"not declared: {text}", f"zz={text}", must_fail=True)
    yield asked("of 10,000 names", "&".join(f"a{n}=1" for n in range(10_000)), must_fail=False)
    for parameter in aim.operation["parameters"]:
        if parameter["in"] != "query":
            continue
        name = quote(parameter["name"].replace("...", "activities"), safe="[]/")
        for text in TEXTS:
            must_fail = not _is_readable(parameter["name"], parameter["schema"], text)
            yield asked(f"{name}: {text[:30]}", f"{name}={quote(text)}", must_fail=must_fail)
        for text in BROKEN:
            yield asked(f"{name}: {text}", f"{name}={text}", must_fail=True)
        yield asked(f"{name} twice", f"{name}=1&{name}=2", must_fail=False)
        if "[" in name:
            yield asked(f"{name} 10,000 times", "&".join([f"{name}=1"] * 10_000), must_fail=False)


def _is_readable(name: str, schema: Schema, text: str) -> bool:
    """Whether the text could be meant for the parameter: sorting goes by what is listed, numbers are numbers."""
    if "enum" in schema:
        return text in schema["enum"]
    if name == "sort":
        return set(text) <= {","}
    if schema.get("type") == "boolean":
        return text in ("true", "false", "0", "1")
    if schema.get("type") != "integer" or not text.removeprefix("-").isdecimal() or not text.isascii():
        return schema.get("type") != "integer"
    return schema.get("minimum", int(text)) <= int(text) <= schema.get("maximum", int(text))


def _headers(aim: Aim) -> Iterator[Hostile]:
    plain = aim.plain()
    is_guarded = aim.operation.get("security") != []
    is_claimed = any(one["name"] == "Idempotency-Key" for one in aim.operation["parameters"])

    def headed(label: str, name: str, value: str | bytes, *, must_fail: bool) -> Hostile:
        headers = {**plain.headers, name: value}
        return replace(plain, label=f"header {label}", headers=headers, must_fail=must_fail)

    for name in ("x-anything", "cookie", "accept"):
        yield headed(f"{name} of 100 kB", name, "x" * LONG, must_fail=False)
    for value in ("x" * LONG, "Basic eDp5", b"Bearer \xff\xfe"):
        yield headed("authorization", "authorization", value, must_fail=is_guarded)
    for value in ("x" * LONG, 'W/"1"', '"99999999999999999999"', b"\xff"):
        yield headed("if-match", "if-match", value, must_fail=False)
    for value in ("x" * LONG, "", b"\xff"):
        yield headed("idempotency-key", "idempotency-key", value, must_fail=is_claimed)
    if "{workspace_uuid}" not in aim.path and "{org_id}" not in aim.path:
        yield headed("x-workspace", "x-workspace", "nonsense", must_fail=False)


def _forms(aim: Aim) -> Iterator[Hostile]:
    valid = bytes(aim.draft.body)
    for label, body in {
        "nothing": b"",
        "no form": b"{}",
        "a field twice": valid + b"&username=x",
        "NUL": valid.replace(b"username=", b"username=%00"),
        "half a pair": valid.replace(b"username=", b"username=%ED%A0%80"),
        "no UTF-8": valid.replace(b"username=", b"username=%ff"),
        "raw bytes": valid.replace(b"username=", b"username=\xff"),
        "a field missing": valid.replace(b"password=", b"word="),
        "a long text": valid.replace(b"username=", b"username=" + b"x" * LONG),
        "2 MiB": valid + b"&scope=" + b"x" * 2 * MIB,
        "10,000 fields": valid + b"&a=1" * 10_000,
        "another grant": valid.replace(b"grant_type=password", b"grant_type=none"),
    }.items():
        yield aim.send(f"form with {label}", body, media_type=FORM)
    yield aim.send("form as JSON", valid, media_type=JSON)


def _bodies(aim: Aim) -> Iterator[Hostile]:
    body = aim.draft.body
    valid = encoded(body)
    for media_type in ("text/plain", FORM, "multipart/form-data", "application/octet-stream", "x" * LONG):
        yield aim.send(f"as {media_type[:20]}", valid, media_type=media_type)
    for text in ("{", "}", '{"a":}', "[1", '{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}', "nul", '{"a"', "\ufeff{}"):
        yield aim.send(f"malformed {text!r}", text.encode(), must_fail=text != '{"a": 1e999}')
    yield aim.send("two values", valid + valid)
    yield aim.send("no UTF-8", b'{"a": "\xff"}')
    yield aim.send("a raw NUL", b'{"a": "\x00"}')
    yield aim.send("UTF-16", valid.decode().encode("utf-16"))
    for label, value in VALUES.items():
        if not aim.document.may_be(aim.schema, value):
            yield aim.send(f"{label} for the whole", value)
    yield aim.send("nothing at all", b"", must_fail=False)
    for depth in (65, 10_000):
        yield aim.send(f"{depth} brackets that stay open", b"[" * depth)
        yield aim.send(f"{depth} objects deep", b'{"a":' * depth + b"1" + b"}" * depth)
    yield aim.send("400,000 lists deep", b"[" * 400_000 + b"]" * 400_000)
    padded = valid + b" " * (2 * aim.bytes_max)
    yield aim.send("twice as much as is taken", padded)
    yield replace(aim.send("twice as much, of unannounced length", padded), is_in_pieces=True)


def _fields(aim: Aim) -> Iterator[Hostile]:
    body, document = aim.draft.body, aim.document
    for place, schema in document.fields(aim.schema, body):
        name = ".".join(map(str, place))
        for label, value in VALUES.items():
            must_fail = not document.may_be(schema, value)
            yield aim.send(f"{name}: {label}", with_value(body, place, value), must_fail=must_fail)
        for label, value in UNSTORABLE.items():
            yield aim.send(f"{name}: {label}", with_value(body, place, value))
        yield aim.send(f"{name}: 1e999", encoded(with_value(body, place, "@@")).replace(b'"@@"', b"1e999"))
        yield aim.send(f"{name}: NaN", encoded(with_value(body, place, float("nan"))))
    if isinstance(body, dict):
        yield from _objects(aim, body)


def _objects(aim: Aim, body: dict[str, Any]) -> Iterator[Hostile]:
    must_fail = aim.document.is_closed(aim.schema)
    yield aim.send("a field that is not declared", {**body, "zz_unknown": 1}, must_fail=must_fail)
    yield aim.send("a field called __proto__", {**body, "__proto__": {}}, must_fail=must_fail)
    for name in aim.document.required(aim.schema):
        yield aim.send(f"without {name}", {key: value for key, value in body.items() if key != name})
    for name in body:
        twice = encoded(body)[:-1] + b", " + encoded({name: None})[1:]
        yield aim.send(f"{name} twice", twice, must_fail=False)
