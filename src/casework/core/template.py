"""Values with expressions in them: what a step is given, made from what its run knows.

In a JSON value, a text that begins with `=` is an expression, and stands for its value. In any other text `{{ path }}`
is replaced by what the path leads to: text as it is, everything else as JSON, and nothing where there is nothing. No
more logic than that. `{{ secrets.NAME }}` stays as it is: only who performs the step knows the secret.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from casework.core.condition import ConditionError, EvaluationError, Expression, compile_expression
from casework.core.context import Context
from casework.core.definition import Json
from casework.core.syntax import NAMES, paths

RENDERED_MAX: Final = 256 * 1024
"""Bytes of a rendered value, as JSON: what a step is given is kept with it, and shown."""

SECRETS: Final = "secrets"
"""The name whose values are never rendered."""

_SLOT: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_PATH: Final = re.compile(r"\s*[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]+)*\s*")


class TemplateError(ConditionError):
    """A value that cannot be compiled; `path` leads to the text that is wrong."""

    def __init__(self, message: str, path: tuple[str | int, ...], column: int | None = None) -> None:
        super().__init__(message, column)
        self.path = path


class Template:
    """A compiled value. names, task_keys: what its expressions and paths refer to, as a condition's."""

    __slots__ = ("_value", "names", "task_keys")

    def __init__(self, value: Json) -> None:
        names: set[str] = set()
        task_keys: set[str] = set()
        self._value = _compile(value, (), names, task_keys)
        self.names: Final = frozenset(names)
        self.task_keys: Final = frozenset(task_keys)

    def render(self, context: Context) -> Json:
        """The value with every expression and path replaced.

        Raises:
            EvaluationError: an expression has no value, or the whole is over RENDERED_MAX.

        """
        rendered = _render(self._value, context)
        size = len(msgspec.json.encode(rendered))
        if size > RENDERED_MAX:
            raise EvaluationError(f"the value has {size:,} bytes; at most {RENDERED_MAX:,} are allowed")
        return rendered


class _Text(msgspec.Struct, frozen=True):
    """A text in pieces: every second one is a path."""

    pieces: tuple[str | tuple[str, ...], ...]


def compile_template(value: Json) -> Template:
    """The template of a JSON value.

    Raises:
        TemplateError: an expression does not compile, or `{{ }}` holds anything but a path from a known name.

    """
    return Template(value)


def paths_of(value: Json) -> frozenset[tuple[str, ...]]:
    """How a template that compiles gets at values, as `core.syntax.paths` says of one expression."""
    match value:
        case str() if value.startswith("="):
            return paths(value[1:])
        case str():
            found = (tuple(piece.strip().split(".")) for piece in _SLOT.split(value)[1::2])
            return frozenset(path for path in found if path[0] != SECRETS)
        case list():
            return frozenset[tuple[str, ...]]().union(*(paths_of(item) for item in value))
        case dict():
            return frozenset[tuple[str, ...]]().union(*(paths_of(item) for item in value.values()))
    return frozenset()


def _compile(value: Json, path: tuple[str | int, ...], names: set[str], task_keys: set[str]) -> Any:
    match value:
        case str() if value.startswith("="):
            try:
                expression = compile_expression(value[1:])
            except ConditionError as error:
                raise TemplateError(error.message, path, error.column) from error
            names.update(expression.names)
            task_keys.update(expression.task_keys)
            return expression
        case str() if "{{" in value:
            return _compile_text(value, path, names, task_keys)
        case list():
            return [_compile(item, (*path, i), names, task_keys) for i, item in enumerate(value)]
        case dict():
            return {key: _compile(item, (*path, key), names, task_keys) for key, item in value.items()}
    return value


def _compile_text(text: str, path: tuple[str | int, ...], names: set[str], task_keys: set[str]) -> Any:
    pieces: list[str | tuple[str, ...]] = []
    for i, piece in enumerate(_SLOT.split(text)):
        if i % 2 == 0:
            pieces.append(piece)
            continue
        if not _PATH.fullmatch(piece):
            raise TemplateError(f"'{{{{{piece[:60]}}}}}' must hold a path like input.subject, and nothing else", path)
        parts = tuple(piece.strip().split("."))
        if parts[0] == SECRETS:
            pieces[-1] = f"{pieces[-1]}{{{{ {'.'.join(parts)} }}}}"
            pieces.append(())
            continue
        if parts[0] not in NAMES:
            raise TemplateError(f"there is nothing called '{parts[0]}' here", path)
        names.add(parts[0])
        if parts[0] == "tasks" and len(parts) > 1:
            task_keys.add(parts[1])
        pieces.append(parts)
    return _Text(tuple(pieces))


def _render(value: Any, context: Context) -> Json:
    match value:
        case Expression():
            return value.value(context)
        case _Text():
            return "".join(piece if isinstance(piece, str) else _found(piece, context) for piece in value.pieces)
        case list():
            return [_render(item, context) for item in value]
        case dict():
            return {key: _render(item, context) for key, item in value.items()}
    return value


def _found(path: tuple[str, ...], context: Context) -> str:
    """What a path leads to, as text; "" where it leads nowhere."""
    at: Any = context if path else None
    for part in path:
        if isinstance(at, Mapping):
            at = at.get(part)
        elif isinstance(at, list) and part.isdecimal() and int(part) < len(at):
            at = at[int(part)]
        else:
            return ""
    if at is None:
        return ""
    return at if isinstance(at, str) else msgspec.json.encode(at).decode()
