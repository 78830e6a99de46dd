"""The filters of this surface: what may stand in `filter[...]`, and the condition that it stands for."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from casework.api.activities import values, words
from casework.api.activities.query import Query, spelled
from casework.api.activities.values import Reader
from casework.api.errors import BadParameter
from casework.core.selection import Condition, Test


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """A key of `filter[...]`.

    test: "any" for a plain key, where a list means any of it and an empty value means that there is none.
    empty: what an empty value stands for. is_listed: a `__in` or `__contains`, for which empty values are left out.
    """

    column: str
    read: Reader
    test: Test = "any"
    empty: Any = None
    is_listed: bool = False

    def condition(self, name: str, texts: list[str]) -> Condition:
        """The condition that those values stand for.

        Raises:
            BadParameter: one of them is of another type.

        """
        found: list[Any] = []
        for text in texts:
            if text == "" and not self._needs_value:
                found += [] if self.is_listed else [self.empty]
                continue
            try:
                found += self.read(text)
            except ValueError as error:
                raise BadParameter("query", name, str(error)) from None
        return Condition(column=self.column, test=self.test, values=tuple(found))

    @property
    def _needs_value(self) -> bool:
        return self.test in ("at_least", "at_most")


Filters = Mapping[str, Filter]


def conditions(query: Query, filters: Filters) -> tuple[Condition, ...]:
    """The conditions of a query; keys that are not declared are ignored."""
    return tuple(
        filters[key].condition(spelled("filter", key), query.texts("filter", key))
        for key in query.keys("filter")
        if key in filters
    )


def _plain(column: str, read: Reader) -> Filter:
    return Filter(column=column, read=read)


def _in(column: str, read: Reader) -> Filter:
    return Filter(column=column, read=read, is_listed=True)


def _from(column: str) -> Filter:
    return Filter(column=column, read=values.instant, test="at_least")


def _to(column: str) -> Filter:
    return Filter(column=column, read=values.end_instant, test="at_most")


def _array(column: str, item: Reader) -> Filter:
    return Filter(column=column, read=values.array(item), test="same", empty=())


def _json(column: str) -> Filter:
    return Filter(column=column, read=values.json, test="holds")


_activity_status: Final = values.word(words.ACTIVITY_STATES)
_work_unit_status: Final = values.word(words.WORK_UNIT_STATES)

ACTIVITIES: Final[Filters] = {
    "id": _plain("uuid", values.uuid),
    "assigned_account_id": _plain("account_id", values.integer),
    "name": _plain("name", values.text),
    "status": _plain("status", _activity_status),
    "started_at": _plain("started_at", values.instant),
    "completed_at": _plain("ended_at", values.instant),
    "try_resolve_at": _plain("try_resolve_at", values.instant),
    "actor_roles": _array("actor_roles", values.text),
    "whitelisted_ids": _array("allow_ids", values.integer),
    "blacklisted_ids": _array("deny_ids", values.integer),
    "working_seconds": _plain("working_ms", values.seconds),
    "live_seconds": _plain("live_ms", values.seconds),
    "pipeline_seconds": _plain("pipeline_ms", values.seconds),
    "project_id": _plain("workflow_id", values.integer),
    "work_unit_id": _plain("run_id", values.integer),
    "data": _json("data"),
    "output": _json("output"),
    "indicators": _json("indicators"),
    "created_at": _plain("created_at", values.instant),
    "name__in": _in("name", values.text),
    "actor_roles__contains": Filter(column="actor_roles", read=values.text, test="shares", is_listed=True),
    "assigned_account_id__in": _in("account_id", values.integer),
    "status__in": _in("status", _activity_status),
    "completed_at__gte": _from("ended_at"),
    "completed_at__lte": _to("ended_at"),
    "id__in": _in("uuid", values.uuid),
    "due_at": _plain("due_at", values.instant),
    "due_at__gte": _from("due_at"),
    "due_at__lte": _to("due_at"),
}
"""The keys that S003 prints, and those of when an activity is due, as they are of a work unit."""

WORK_UNITS: Final[Filters] = {
    "id": _plain("id", values.integer),
    "id__in": _in("id", values.integer),
    "name": _plain("title", values.text),
    "status": _plain("state", _work_unit_status),
    "status__in": _in("state", _work_unit_status),
    "project_id": _plain("workflow_id", values.integer),
    "project_id__in": _in("workflow_id", values.integer),
    "priority": _plain("priority", values.integer),
    "external_id": _plain("external_id", values.text),
    "data": _json("input"),
    "output": _json("output"),
    "due_at__gte": _from("due_at"),
    "due_at__lte": _to("due_at"),
    "created_at__gte": _from("created_at"),
    "created_at__lte": _to("created_at"),
    "completed_at": _plain("ended_at", values.instant),
    "completed_at__gte": _from("ended_at"),
    "completed_at__lte": _to("ended_at"),
}

PROJECTS: Final[Filters] = {
    "id": _plain("id", values.integer),
    "id__in": _in("id", values.integer),
    "key": _plain("key", values.text),
    "name": _plain("name", values.text),
    "archived_at": _plain("archived_at", values.instant),
}

PROJECT_MEMBERS: Final[Filters] = {
    "project_id": _plain("workflow_id", values.integer),
    "project_id__in": _in("workflow_id", values.integer),
    "account_id": _plain("account_id", values.integer),
    "name": _plain("name", values.text),
    "actor_roles__contains": Filter(column="actor_roles", read=values.text, test="shares", is_listed=True),
}

WORK_PERIODS: Final[Filters] = {
    "account_id": _plain("account_id", values.integer),
    "account_id__in": _in("account_id", values.integer),
    "activity_id": _plain("activity_uuid", values.uuid),
    "activity_id__in": _in("activity_uuid", values.uuid),
    "project_id": _plain("workflow_id", values.integer),
    "work_unit_id": _plain("run_id", values.integer),
    "started_at__gte": _from("started_at"),
    "started_at__lte": _to("started_at"),
    "ended_at": _plain("ended_at", values.instant),
}
