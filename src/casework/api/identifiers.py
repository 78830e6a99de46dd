"""Path parameters that name a thing by its integer id or by its UUID."""

from typing import Any, Literal
from uuid import UUID

from casework.api.literals import parse_integer, parse_uuid
from casework.api.parameters import Connection, Parameter
from casework.core.errors import NotFound
from casework.core.ids import INTEGER_MAX


class PathIdentifier(Parameter, frozen=True, kw_only=True):
    """An integer id or a UUID in the path."""

    where: Literal["path", "query", "header"] = "path"

    def check(self, connection: Connection) -> None:
        """Refuse what is neither."""
        text = self.text(connection) or ""
        if parse_uuid(text) is None and parse_integer(text) is None:
            raise self.bad("must be a UUID or an integer.")

    def read(self, connection: Connection) -> int | UUID:
        """The id or the UUID; NotFound where no row can have it."""
        self.check(connection)
        found = identifier(self.text(connection) or "")
        if found is None:
            raise NotFound("There is no such thing here.")
        return found

    def schema(self) -> dict[str, Any]:
        """A UUID or an integer."""
        return {"type": "string", "pattern": "^([0-9]+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$"}


def identifier(text: str) -> int | UUID | None:
    """The UUID or the integer id that the text is; None where nothing can bear it."""
    value = parse_uuid(text)
    if value is not None:
        return value
    number = parse_integer(text)
    return number if number is not None and 1 <= number <= INTEGER_MAX else None
