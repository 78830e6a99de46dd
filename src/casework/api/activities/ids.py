"""Ids in paths: what cannot be one names nothing, so that it is 404 like any other that names nothing."""

from typing import Any, Literal
from uuid import UUID

from casework.api.literals import parse_integer, parse_uuid
from casework.api.parameters import Connection, Parameter
from casework.core.errors import NotFound
from casework.core.ids import INTEGER_MAX


class ActivityId(Parameter, frozen=True, kw_only=True):
    """An activity's id in the path."""

    where: Literal["path", "query", "header"] = "path"

    def read(self, connection: Connection) -> UUID:
        """The id; NotFound where no activity can have it."""
        found = parse_uuid(self.text(connection) or "")
        if found is None:
            raise NotFound("There is no such activity.")
        return found

    def schema(self) -> dict[str, Any]:
        """A UUID."""
        return {"type": "string", "format": "uuid"}


class NumberId(Parameter, frozen=True, kw_only=True):
    """The integer id of something else in the path."""

    where: Literal["path", "query", "header"] = "path"

    def read(self, connection: Connection) -> int:
        """The id; NotFound where nothing can have it."""
        found = parse_integer(self.text(connection) or "")
        if found is None or not 1 <= found <= INTEGER_MAX:
            raise NotFound("There is no such thing here.")
        return found

    def schema(self) -> dict[str, Any]:
        """An integer from 1."""
        return {"type": "integer", "format": "int64", "minimum": 1}


ACTIVITY_ID = ActivityId(name="activity_id", description="The activity.")
WORK_UNIT_ID = NumberId(name="work_unit_id", description="The work unit.")
PROJECT_ID = NumberId(name="project_id", description="The project.")
