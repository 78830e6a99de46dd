"""Reading the body of a request: bounded, JSON where JSON is meant, every problem at once.

One parser reads every body (so that no two readers understand it differently: of a name that is given twice, the last
counts), and it is refused before it is parsed when it is nested too deeply. Text that PostgreSQL cannot hold (NUL) and
text that is no Unicode (half a surrogate pair) are refused wherever they stand.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, InternalServerException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from casework.api.errors import BadParameter, Malformed
from casework.core.clocks import truncated
from casework.core.errors import Invalid, Problem
from casework.core.ids import INTEGER_MAX

BODY_BYTES_MAX: Final = 1024 * 1024
DEPTH_MAX: Final = 64
PROBLEMS_MAX: Final = 50
"""Problems told at once; nobody reads more, and a body of a megabyte could hold a hundred thousand."""

Id = Annotated[int, msgspec.Meta(ge=1, le=INTEGER_MAX)]
"""An integer id in a body: one that the database can hold."""

T = TypeVar("T")

_STRINGS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_TOO_DEEP: Final = b"[" * (DEPTH_MAX + 1)
_OTHER: Final = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+)\]")


async def read(request: Request[Any, Any, Any], kind: type[T]) -> T:
    """The body as a `kind`, strictly; no body at all counts as `{}`.

    Raises:
        Invalid: with every field that is wrong.
        Malformed: it is no JSON.

    """
    return decoded(await json_text(request), kind)


def decoded(text: bytes, kind: type[T]) -> T:
    """JSON text as a `kind`, strictly; errors as `read`."""
    try:
        value = msgspec.json.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise _explained(text, kind, error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _malformed(error) from None
    _refuse_nul(text)
    return value


async def value(request: Request[Any, Any, Any]) -> Any:
    """The body as whatever JSON value it is."""
    return await read(request, Any)


async def json_text(request: Request[Any, Any, Any]) -> bytes:
    """The body's bytes, known to say that they are JSON and to be nested no deeper than is allowed."""
    body = await raw(request)
    if not body:
        return b"{}"
    media_type = request.content_type[0].lower()
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise HTTPException(status_code=415, detail="The body must be JSON, sent as application/json.")
    refuse_deep(body)
    return body


async def raw(request: Request[Any, Any, Any]) -> bytes:
    """The body's bytes; 413 where they are more than the route takes, whether or not their number was announced."""
    try:
        return await request.body()
    except RequestEntityTooLarge as error:
        limit = request.route_handler.resolve_request_max_body_size() or 0
        raise HTTPException(
            status_code=413, detail=f"The body is larger than the {_size(limit)} taken here."
        ) from error
    except InternalServerException as error:  # the client went away in the middle; nobody reads the answer
        raise Malformed("The body ended before it was complete.") from error


def _size(count: int) -> str:
    """A number of bytes, as people say it."""
    for unit, factor in (("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count % factor == 0:
            return f"{count // factor} {unit}"
    return f"{count} bytes"


def utc(at: datetime, name: str) -> datetime:
    """An instant of a body, in UTC and to the millisecond; one without an offset is taken as UTC.

    Raises:
        Invalid: it is before the first or after the last instant that there is in UTC.

    """
    try:
        return truncated(at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
    except OverflowError:
        problem = Problem(path=f"/{name}", message="is out of the range of instants.")
        raise Invalid(f"{name}: {problem.message}", (problem,)) from None


def refuse_deep(body: bytes) -> None:
    """Invalid where brackets are nested deeper than 64; what is not balanced is left to the parser to refuse.

    Every pass takes the innermost pairs away, in C. Most bombs show at once: nothing but brackets that open.
    """
    if body.count(b"[") + body.count(b"{") <= DEPTH_MAX:
        return
    brackets = _STRINGS.sub(b"", body).translate(_BRACKETS, _OTHER)
    if _TOO_DEEP in brackets and brackets.count(b"[") == brackets.count(b"]"):
        raise Invalid(f"The body is nested deeper than {DEPTH_MAX} levels.")
    for _ in range(DEPTH_MAX):
        fewer = brackets.replace(b"[]", b"")
        if len(fewer) == len(brackets):
            return
        brackets = fewer
    if b"[]" in brackets:
        raise Invalid(f"The body is nested deeper than {DEPTH_MAX} levels.")


def check_query(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Refuse a path or a query that no text can be made of, or with NUL, which no column can hold."""
    query: bytes = connection.scope.get("query_string", b"")
    path: bytes = connection.scope.get("raw_path") or b""
    for where, name, encoded in (("query", "query", query), ("path", "path", path)):
        if b"%" not in encoded and encoded.isascii():
            continue
        try:
            unquote_to_bytes(encoded).decode("utf-8")
        except UnicodeDecodeError:
            raise BadParameter(where, name, "is not UTF-8.") from None  # type: ignore[arg-type] # two of the literals
        if b"%00" in encoded:
            raise BadParameter(where, name, "must not contain NUL.")  # type: ignore[arg-type] # two of the literals


def pointer_of(path: str) -> str:
    """The JSON pointer of a place as msgspec names it: `$.tasks[0].key` is `/tasks/0/key`."""
    return "".join(f"/{name or index}" for name, index in _STEP.findall(path))


def _malformed(error: Exception) -> Malformed:
    if isinstance(error, RecursionError):  # the depth was measured: these brackets are never closed
        return Malformed("The body is not JSON: brackets are not closed.")
    return Malformed(f"The body is not JSON: {error}.")


def _refuse_nul(text: bytes) -> None:
    if rb"\u0000" in text and (places := list(_with_nul(msgspec.json.decode(text), ""))):
        problems = tuple(Problem(path=place, message="must not contain NUL.") for place in places[:PROBLEMS_MAX])
        raise Invalid(f"{problems[0].path[1:] or 'body'}: must not contain NUL.", problems)


def _with_nul(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and "\0" in value:
        yield path
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _with_nul(item, f"{path}/{index}")
    elif isinstance(value, dict):
        for name, item in value.items():
            if "\0" in name:
                yield path
            yield from _with_nul(item, f"{path}/{name}")


def _explained(text: bytes, kind: Any, error: msgspec.ValidationError) -> Invalid:
    """Every problem of a body that is JSON but not a `kind`: the parser stops at the first, so each field is tried."""
    try:
        found = list(_problems(msgspec.json.decode(text), kind))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as malformed:
        return _malformed(malformed)
    problems = tuple(found[:PROBLEMS_MAX]) or (_problem(str(error)),)
    return Invalid(_summary(problems), problems)


def _problems(value: Any, kind: Any) -> Iterator[Problem]:
    if not (isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name, field in fields.items():
        if name in value:
            yield from _field_problem(value[name], field.type, name)
        elif field.required:
            yield Problem(path=f"/{name}", message="is required.")
    for name in value.keys() - fields.keys():
        yield Problem(path=f"/{name}", message="is not known here.")


def _field_problem(value: Any, kind: Any, name: str) -> Iterator[Problem]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        inner = _problem(str(error))
        yield Problem(path=f"/{name}{inner.path}", message=inner.message)


def _problem(text: str) -> Problem:
    message, _, place = text.partition(" - at `")
    return Problem(path=pointer_of(place.rstrip("`")), message=f"{message}.")


def _summary(problems: tuple[Problem, ...]) -> str:
    return " ".join(f"{problem.path[1:] or 'body'}: {problem.message}" for problem in problems)
