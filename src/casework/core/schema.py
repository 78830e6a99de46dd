"""JSON Schema (draft 2020-12) for what people and workers hand in: closed, bounded, every problem at once."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

import jsonschema_rs
import msgspec

from casework.core.definition import Json
from casework.core.errors import Problem
from casework.core.pointer import pointer
from casework.core.schema_cost import SchemaProblem, check_cost

__all__ = ["Schema", "SchemaProblem", "compile_schema"]

BYTES_MAX: Final = 256 * 1024
"""Of a schema, encoded as JSON: a form that people can fill in has a few thousand."""

PROBLEMS_MAX: Final = 100
"""Problems that are listed: whoever sees a hundred mends the cause, not the list."""

MESSAGE_MAX: Final = 200
"""Characters of a problem's message; a list of choices may be long."""

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

_JSON_TYPES: Final = "string, number, integer, boolean, object, array and null"
_ENCODE: Final = msgspec.json.Encoder().encode
_CLOSED: Final = jsonschema_rs.Registry([])
# The linear engine: a pattern takes time in proportion to the text, whatever the pattern is.
_PATTERNS: Final = jsonschema_rs.RegexOptions()


class Schema:
    """A compiled schema."""

    __slots__ = ("_validator",)

    def __init__(self, validator: jsonschema_rs.Draft202012Validator) -> None:
        self._validator = validator

    def problems(self, value: Json) -> tuple[Problem, ...]:
        """Everything that is wrong with `value`, at most PROBLEMS_MAX; empty where it fits."""
        try:
            # Refuses what no JSON text could hold, and what is nested so deep that looking at it would crash.
            _ENCODE(value)
            if self._validator.is_valid(value):
                return ()
            found = (problem for error in self._validator.iter_errors(value) for problem in _problems(error))
            return tuple(islice(found, PROBLEMS_MAX))
        except RecursionError:
            return (Problem(path="", message="the value is nested too deeply"),)
        except (TypeError, ValueError) as error:
            return (Problem(path="", message=f"the value cannot be checked: {error}"[:MESSAGE_MAX]),)


def compile_schema(schema: Json) -> Schema:
    """The checker for `schema`; keywords that JSON Schema does not know, such as `x-...`, are left alone.

    Formats (email, date, uri, ...) are checked. Nothing is ever fetched: a reference points into the schema itself.

    Raises:
        SchemaProblem: it is no schema, or one that is too costly to check values with.
    """
    _check_size(schema)
    if isinstance(schema, dict) and str(schema.get("$schema", DRAFT)).rstrip("#") != DRAFT:
        raise SchemaProblem(f"only draft 2020-12 is supported ({DRAFT})", "/$schema")
    if not isinstance(schema, dict | bool):
        raise SchemaProblem("a schema is an object, true or false")
    check_cost(schema)
    try:
        return Schema(
            jsonschema_rs.Draft202012Validator(
                schema,
                registry=_CLOSED,
                offline=True,
                pattern_options=_PATTERNS,
                validate_formats=True,
                mask="the value",
            ),
        )
    except jsonschema_rs.ValidationError as error:
        # The commonest slip: the draft says of it only that it fits none of several forms.
        is_type = error.instance_path[-1:] == ["type"]
        message = f"the type must be one of {_JSON_TYPES}, or a list of them" if is_type else _sentence(error)
        raise SchemaProblem(message, pointer(error.instance_path)) from error
    except ValueError as error:
        raise SchemaProblem(f"the schema cannot be used: {error}"[:MESSAGE_MAX]) from error


def _check_size(schema: Json) -> None:
    try:
        size = len(_ENCODE(schema))
    except RecursionError as error:
        raise SchemaProblem("the schema is nested too deeply") from error
    except (TypeError, ValueError) as error:
        raise SchemaProblem(f"the schema is not JSON: {error}"[:MESSAGE_MAX]) from error
    if size > BYTES_MAX:
        raise SchemaProblem(f"the schema has {size:,} bytes; at most {BYTES_MAX:,} are allowed")


def _problems(error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
    """The error as problems: a missing or unknown property is a problem of its own, at its own path."""
    path, kind = error.instance_path, error.kind
    if kind.name == "required":
        yield Problem(path=pointer([*path, kind.value]), message=f"'{kind.value}' is required")
    elif kind.name in ("additionalProperties", "unevaluatedProperties"):
        for key in kind.value:
            yield Problem(path=pointer([*path, key]), message=f"'{key[:MESSAGE_MAX]}' is not known here")
    else:
        yield Problem(path=pointer(path), message=_sentence(error))


def _types(value: Any) -> str:
    return "must be " + " or ".join(f"{'an' if kind[0] in 'aio' else 'a'} {kind}" for kind in value)


def _choices(value: Any) -> str:
    return "must be one of " + ", ".join(_text(choice) for choice in value)


def _text(value: Any) -> str:
    return _ENCODE(value).decode()


_SENTENCES: Final[dict[str, Callable[[Any], str]]] = {
    "type": _types,
    "enum": _choices,
    "const": lambda value: f"must be {_text(value)}",
    "anyOf": lambda _: "fits none of the forms that are allowed here",
    "oneOf": lambda _: "must fit exactly one of the forms that are allowed here",
    "not": lambda _: "has a form that is not allowed here",
    "falseSchema": lambda _: "nothing is allowed here",
    "format": lambda value: f"is not a valid {value}",
    "pattern": lambda value: f"does not match the pattern {value}",
}
"""Where the validator's own words are less plain."""


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    kind = error.kind
    known = _SENTENCES.get(kind.name)
    return (known(kind.value) if known else error.message)[:MESSAGE_MAX]
