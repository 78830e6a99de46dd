"""The collections of this surface: what each can be filtered by, sorted by and asked to bring along."""

from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import msgspec

from casework.api.activities import filters
from casework.api.activities.filters import Filters
from casework.api.activities.query import PAGE_SIZE_MAX, Query, spelled
from casework.api.activities.resources import ATTRIBUTES, Fields
from casework.api.errors import BadParameter
from casework.api.parameters import Connection, Parameter
from casework.core.selection import Order, Selection
from casework.operations.reading import KINDS, Kind, Reading


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks for, and which attributes to show of it."""

    reading: Reading
    fields: Fields
    is_included: bool


class Documented(Parameter, frozen=True, kw_only=True):
    """A parameter that a Query reads; here it is only described."""

    kind: Mapping[str, Any]

    def schema(self) -> dict[str, Any]:
        """As it was declared."""
        return dict(self.kind)


class Collection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection: its filters, the columns that it can be sorted by, by their names here, and what it belongs to."""

    filters: Filters
    sorts: Mapping[str, str]
    related: Names[Kind] = ()

    def read(self, connection: Connection) -> Asked:
        """What a request for a page asks for.

        Raises:
            BadParameter: it cannot be read; naming the parameter.

        """
        query = Query(connection)
        number, size = query.page()
        selection = Selection(
            limit=size,
            offset=(number - 1) * size,
            conditions=filters.conditions(query, self.filters),
            order=self._order(query),
        )
        return self._asked(query, Reading(selection=selection, is_counted=query.flag("count")))

    def read_one(self, connection: Connection) -> Asked:
        """What a request for one thing asks to bring along and to show; errors as `read`."""
        return self._asked(Query(connection), Reading(selection=Selection(limit=1)))

    def parameters(self) -> Sequence[Parameter]:
        """The parameters of a page, for the reference."""
        names = ", ".join(self.sorts)
        return [
            _parameter("page[number]", "Which page, from 1.", type="integer", minimum=1, default=1),
            _parameter(
                "page[size]",
                "How many on a page.",
                type="integer",
                minimum=1,
                maximum=PAGE_SIZE_MAX,
                default=PAGE_SIZE_MAX,
            ),
            _parameter("sort", f"A comma list, `-` before a name for descending: {names}.", type="string"),
            _parameter("count", "Whether `meta.count` tells how many there are on all pages.", type="boolean"),
            *self.parameters_of_one(),
            *(_parameter(spelled("filter", name), _meaning(name), type="string") for name in self.filters),
        ]

    def parameters_of_one(self) -> Sequence[Parameter]:
        """The parameters of one thing, for the reference."""
        fields = _parameter(
            "fields[workflow/...][]", "The attributes to show of a type; by default all.", type="string"
        )
        if not self.related:
            return [fields]
        words = {"type": "array", "items": {"type": "string", "enum": list(self.related)}}
        return [_parameter("included[]", "What to bring along, each once; a comma list will do.", **words), fields]

    def _order(self, query: Query) -> tuple[Order, ...]:
        found: dict[str, Order] = {}
        for word in query.words("sort") or []:
            name = word.removeprefix("-")
            if name not in self.sorts:
                raise BadParameter("query", "sort", f"must be a comma list of {', '.join(self.sorts)}.")
            column = self.sorts[name]
            found.setdefault(column, Order(column=column, is_descending=word.startswith("-")))
        return tuple(found.values())

    def _asked(self, query: Query, reading: Reading) -> Asked:
        words = query.words("included")
        if not set(words or ()) <= set(self.related):
            allowed = f"may name {', '.join(self.related)}." if self.related else "has nothing to bring along here."
            raise BadParameter("query", "included", allowed)
        related = frozenset(cast("list[Kind]", words or []))
        return Asked(
            reading=msgspec.structs.replace(reading, related=related),
            fields=_fields(query),
            is_included=words is not None,
        )


def _fields(query: Query) -> Fields:
    found: dict[str, Names[str]] = {}
    for type_ in query.keys("fields"):
        name = spelled("fields", type_)
        if type_ not in ATTRIBUTES:
            raise BadParameter("query", name, f"must name one of the types {', '.join(ATTRIBUTES)}.")
        found[type_] = query.words("fields", type_) or []
        if not set(found[type_]) <= set(ATTRIBUTES[type_]):
            raise BadParameter("query", name, f"may name {', '.join(ATTRIBUTES[type_])}.")
    return found


def _parameter(name: str, description: str, **kind: Any) -> Parameter:
    return Documented(name=name, description=description, kind=kind)


_SUFFIXES: Final = {
    "in": "Any of these; none at all finds nothing.",
    "gte": "A date or an instant, itself included.",
    "lte": "A date or an instant, itself included; a date holds its whole day.",
    "contains": "Shares at least one of these.",
}


def _meaning(name: str) -> str:
    _, _, suffix = name.partition("__")
    return _SUFFIXES.get(suffix, "Equal to it, or to any of several; empty: has none. JSON: contains it.")


ACTIVITIES: Final = Collection(
    filters=filters.ACTIVITIES,
    sorts={
        "id": "id",
        "assigned_account_id": "account_id",
        "name": "name",
        "status": "status",
        "started_at": "started_at",
        "completed_at": "ended_at",
        "try_resolve_at": "try_resolve_at",
        "due_at": "due_at",
        "working_seconds": "working_ms",
        "live_seconds": "live_ms",
        "pipeline_seconds": "pipeline_ms",
        "created_at": "created_at",
        "project_id": "workflow_id",
        "work_unit_id": "run_id",
    },
    related=KINDS,
)

WORK_UNITS: Final = Collection(
    filters=filters.WORK_UNITS,
    sorts={
        "id": "id",
        "name": "title",
        "status": "status",
        "priority": "priority",
        "external_id": "external_id",
        "due_at": "due_at",
        "created_at": "created_at",
        "updated_at": "updated_at",
        "started_at": "started_at",
        "completed_at": "ended_at",
        "project_id": "workflow_id",
    },
    related=("project", "node"),
)

PROJECTS: Final = Collection(
    filters=filters.PROJECTS,
    sorts={name: name for name in ("id", "key", "name", "created_at", "updated_at", "archived_at")},
)

PROJECT_MEMBERS: Final = Collection(
    filters=filters.PROJECT_MEMBERS,
    sorts={"name": "name", "account_id": "account_id", "member_id": "member_id", "project_id": "workflow_id"},
)

WORK_PERIODS: Final = Collection(
    filters=filters.WORK_PERIODS,
    sorts={
        "id": "id",
        "account_id": "account_id",
        "started_at": "started_at",
        "ended_at": "ended_at",
        "project_id": "workflow_id",
        "work_unit_id": "run_id",
    },
)
