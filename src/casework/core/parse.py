"""From a document (`casework: 1`) to a Definition, or to every reason why not."""

import re
from typing import Any, Final, Literal

from casework.core.definition import TASKS_MAX, Definition, Task
from casework.core.document import document, to_yaml
from casework.core.kinds.agent import read_run_budget
from casework.core.parse_due import read_calendar
from casework.core.parse_field import Fields
from casework.core.parse_link import Links
from casework.core.parse_report import Report, quoted
from casework.core.parse_task import (
    DESCRIPTION_MAX,
    ENTRIES_MAX,
    NAME_MAX,
    check_unknown,
    read_on_failure,
    read_task,
)
from casework.core.parse_text import read_text
from casework.core.parse_value import check_value

__all__ = ["document", "parse", "to_yaml"]

FORMAT: Final = 1
"""The version of the document form; a document says it first."""

FIELDS: Final = (
    "casework",
    "key",
    "name",
    "description",
    "labels",
    "input",
    "tasks",
    "start",
    "output",
    "on_failure",
    "calendar",
    "indicators",
    "budget",
)
LATER: Final = frozenset({"capacity"})

_KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def parse(source: str | bytes | dict[str, Any], *, media: Literal["yaml", "json", "value"]) -> Definition:
    """The definition that a text, or a value already decoded, stands for.

    Raises:
        Invalid: with every problem of the document at once, each with its path, its line in a text, and a hint.
    """
    report = Report()
    value = source if media == "value" or not isinstance(source, str | bytes) else read_text(source, media, report)
    definition = None
    if check_value(value, report):
        if isinstance(value, dict):
            definition = _read(value, report)
        else:
            report.add((), "the document must be a map that begins with 'casework: 1'")
    report.raise_if_any()
    assert definition is not None  # noqa: S101  without a problem there is one
    return definition


def _read(values: dict[str, Any], report: Report) -> Definition:
    fields = Fields(values, (), report)
    _check_format(fields)
    check_unknown(fields, FIELDS, LATER)
    key = _key(fields)
    places, tasks = _tasks(fields)
    definition = Definition(
        key=key,
        name=fields.text("name", NAME_MAX, default=key) or key,
        tasks=tasks,
        start=fields.texts("start", TASKS_MAX, NAME_MAX) or tuple(task.key for task in tasks[:1]),
        description=fields.text("description", DESCRIPTION_MAX),
        input=fields.schema("input"),
        output=fields.source("output"),
        on_failure=read_on_failure(fields) or "fail",
        calendar=read_calendar(fields),
        indicators=fields.sources("indicators", ENTRIES_MAX),
        labels=fields.texts("labels", ENTRIES_MAX, NAME_MAX),
        budget=read_run_budget(fields),
    )
    Links(definition, places, report).check()
    return definition


def _check_format(fields: Fields) -> None:
    number = fields.get("casework")
    if number is None:
        fields.report.add((), "the document does not say its format", f"begin it with 'casework: {FORMAT}'")
    elif number != FORMAT or isinstance(number, bool):
        fields.wrong("casework", f"the format {quoted(number)} is not known", f"write 'casework: {FORMAT}'")


def _key(fields: Fields) -> str:
    key = fields.get("key")
    if key is None:
        fields.report.add((), "the workflow has no 'key'")
    elif not isinstance(key, str) or not _KEY.fullmatch(key):
        fields.wrong("key", f"{quoted(key)} must be a-z, 0-9, _ and - only, a letter first, at most 64 characters")
    else:
        return key
    return ""


def _tasks(fields: Fields) -> tuple[tuple[int, ...], tuple[Task, ...]]:
    """The tasks that are maps, and their places."""
    entries = fields.get("tasks")
    if entries is None or entries == []:
        fields.report.add(("tasks",) if "tasks" in fields.values else (), "the workflow has no tasks")
        return (), ()
    if not isinstance(entries, list):
        fields.wrong("tasks", "'tasks' must be a list")
        return (), ()
    if len(entries) > TASKS_MAX:
        fields.wrong("tasks", f"the workflow has {len(entries):,} tasks; at most {TASKS_MAX:,} are allowed")
    found: dict[int, Task] = {}
    for i, entry in enumerate(entries[:TASKS_MAX]):
        if isinstance(entry, dict):
            found[i] = read_task(entry, ("tasks", i), fields.report)
        else:
            fields.report.add(("tasks", i), "a task must be a map", "write it like {key: review, kind: human}")
    return tuple(found), tuple(found.values())
