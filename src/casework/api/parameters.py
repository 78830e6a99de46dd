"""Parameters of paths and queries: one declaration reads them strictly and documents them.

A route names its parameters (`query=[LIMIT, OFFSET]`) and its handler reads them (`LIMIT.read(request)`). What is wrong
is a BadParameter that names the parameter; what is right but out of the world (an id of no row, a page past the end)
is not an error of syntax: the id is NotFound and the page is empty.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from litestar.connection import ASGIConnection

from casework.api.errors import BadParameter
from casework.api.literals import INTEGER, INTEGER_DIGITS_MAX, parse_bound, parse_integer, parse_uuid
from casework.core.errors import NotFound
from casework.core.ids import INTEGER_MAX

PAGE_MAX: Final = 10**12
"""A page beyond it is as empty as this one; times any page size it still fits the database's integers."""

TEXT_LENGTH_MAX: Final = 200

Connection = ASGIConnection[Any, Any, Any, Any]


class Parameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter as it is declared: its name on the wire and what it means."""

    name: str
    description: str = ""
    where: Literal["path", "query", "header"] = "query"

    def bad(self, message: str) -> BadParameter:
        """The refusal of this parameter."""
        return BadParameter(self.where, self.name, message)

    def text(self, connection: Connection) -> str | None:
        """What was sent under the name, or None; twice is refused, for who could say which was meant?"""
        if self.where == "path":
            found: str = connection.path_params[self.name]
            return found
        if self.where == "header":
            return connection.headers.get(self.name)
        values = connection.query_params.getall(self.name, [])
        if len(values) > 1:
            raise self.bad("is given more than once.")
        return values[0] if values else None

    def check(self, connection: Connection) -> None:
        """Refuse what cannot be read; authorization asks it of path parameters before it looks at rights."""

    def schema(self) -> dict[str, Any]:
        """The parameter's JSON Schema, for the reference."""
        return {"type": "string"}


class Count(Parameter, frozen=True, kw_only=True):
    """An integer with bounds: a page, a size, an offset. Without a maximum, what is too large counts as the largest."""

    default: int
    minimum: int = 0
    maximum: int | None = None

    def read(self, connection: Connection) -> int:
        """The integer that was sent, or the default."""
        text = self.text(connection)
        if text is None:
            return self.default
        value = parse_integer(text)
        if value is None:
            raise self.bad("must be an integer.")
        if value < self.minimum or (self.maximum is not None and value > self.maximum):
            raise self.bad(f"must be {self._range()}.")
        return min(value, PAGE_MAX)

    def schema(self) -> dict[str, Any]:
        """An integer with its bounds and default."""
        bounds = {"minimum": self.minimum} | ({} if self.maximum is None else {"maximum": self.maximum})
        return {"type": "integer", "default": self.default, **bounds}

    def _range(self) -> str:
        return f"at least {self.minimum}" if self.maximum is None else f"from {self.minimum} to {self.maximum}"


class PathId(Parameter, frozen=True, kw_only=True):
    """An integer id in the path."""

    where: Literal["path", "query", "header"] = "path"

    def check(self, connection: Connection) -> None:
        """Refuse what is no integer."""
        if not INTEGER.match(self.text(connection) or ""):
            raise self.bad("must be an integer.")

    def read(self, connection: Connection) -> int:
        """The id; NotFound where no row can have it."""
        self.check(connection)
        text = self.text(connection) or ""
        # Longer texts are not even converted: nothing has such an id.
        if len(text) > INTEGER_DIGITS_MAX + 1 or not 1 <= int(text) <= INTEGER_MAX:
            raise NotFound("There is no such thing here.")
        return int(text)

    def schema(self) -> dict[str, Any]:
        """An integer from 1."""
        return {"type": "integer", "format": "int64", "minimum": 1}


class PathUuid(Parameter, frozen=True, kw_only=True):
    """A UUID in the path."""

    where: Literal["path", "query", "header"] = "path"

    def check(self, connection: Connection) -> None:
        """Refuse what is no UUID."""
        self.read(connection)

    def read(self, connection: Connection) -> UUID:
        """The UUID."""
        value = parse_uuid(self.text(connection) or "")
        if value is None:
            raise self.bad("must be a UUID.")
        return value

    def schema(self) -> dict[str, Any]:
        """A UUID."""
        return {"type": "string", "format": "uuid"}


class QueryId(Parameter, frozen=True, kw_only=True):
    """An integer id to filter by."""

    def read(self, connection: Connection) -> int | None:
        """The id that was sent, or None; an id that no row can have is kept, and finds nothing."""
        text = self.text(connection)
        value = None if text is None else parse_integer(text)
        if text is not None and value is None:
            raise self.bad("must be an integer.")
        return value

    def schema(self) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer", "format": "int64"}


class QueryUuid(Parameter, frozen=True, kw_only=True):
    """A UUID to filter by."""

    def read(self, connection: Connection) -> UUID | None:
        """The UUID that was sent, or None."""
        text = self.text(connection)
        value = None if text is None else parse_uuid(text)
        if text is not None and value is None:
            raise self.bad("must be a UUID.")
        return value

    def schema(self) -> dict[str, Any]:
        """A UUID."""
        return {"type": "string", "format": "uuid"}


class Bound(Parameter, frozen=True, kw_only=True):
    """A date or an instant that bounds a span; both bounds belong to it."""

    end: bool

    def read(self, connection: Connection) -> datetime | None:
        """The instant, or None where nothing was sent."""
        text = self.text(connection)
        if text is None:
            return None
        value = parse_bound(text, end=self.end)
        if value is None:
            raise self.bad("must be a date or an instant in ISO 8601, such as 2024-01-15 or 2024-01-15T09:30:00Z.")
        return value

    def schema(self) -> dict[str, Any]:
        """A date or an instant."""
        return {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}


class Choice(Parameter, frozen=True, kw_only=True):
    """One of several words."""

    choices: Sequence[str]
    default: str

    def read(self, connection: Connection) -> str:
        """The word that was sent, or the default."""
        text = self.text(connection)
        if text is None:
            return self.default
        if text not in self.choices:
            raise self.bad(f"must be one of {', '.join(self.choices)}.")
        return text

    def schema(self) -> dict[str, Any]:
        """The words."""
        return {"type": "string", "enum": list(self.choices), "default": self.default}


class Choices(Parameter, frozen=True, kw_only=True):
    """Any of several words, separated by commas; blanks around them do no harm."""

    choices: Sequence[str]

    def read(self, connection: Connection) -> tuple[str, ...] | None:
        """The words that were sent, each once, or None where nothing was."""
        text = self.text(connection)
        if text is None:
            return None
        words = tuple(dict.fromkeys(word.strip() for word in text.split(",")))
        if any(word not in self.choices for word in words):
            raise self.bad(f"must be a comma list of {', '.join(self.choices)}.")
        return words

    def schema(self) -> dict[str, Any]:
        """A comma list."""
        return {"type": "string", "description": f"A comma list of {', '.join(self.choices)}."}


class Flag(Parameter, frozen=True, kw_only=True):
    """True or false; false where it is not sent."""

    def read(self, connection: Connection) -> bool:
        """Whether it was sent as true."""
        text = self.text(connection)
        if text is None:
            return False
        if text.lower() not in {"true", "false", "1", "0"}:
            raise self.bad("must be true or false.")
        return text.lower() in {"true", "1"}

    def schema(self) -> dict[str, Any]:
        """A boolean, false unless sent."""
        return {"type": "boolean", "default": False}


class Text(Parameter, frozen=True, kw_only=True):
    """Some text, not longer than is useful."""

    length_max: int = TEXT_LENGTH_MAX

    def read(self, connection: Connection) -> str | None:
        """The text that was sent, or None."""
        text = self.text(connection)
        if text is not None and len(text) > self.length_max:
            raise self.bad(f"must not be longer than {self.length_max} characters.")
        return text

    def schema(self) -> dict[str, Any]:
        """Text with its longest length."""
        return {"type": "string", "maxLength": self.length_max}


PAGE: Final = Count(name="page", default=1, minimum=1, description="Which page, from 1.")
PAGE_SIZE: Final = Count(name="pageSize", default=50, minimum=1, maximum=500, description="How many on a page.")
