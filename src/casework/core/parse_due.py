"""When a person's step is due, and what follows when it is not done: as the author of a definition writes it."""

from typing import Final, cast

from casework.core.definition import Clock, Overdue
from casework.core.duration import parse_duration
from casework.core.parse_field import Fields
from casework.core.parse_report import quoted

REMINDERS_MAX: Final = 20
"""Of a task: who is told more often stops to read."""

RAISE_MAX: Final = 100
ROLES_MAX: Final = 100
KEY_MAX: Final = 200


def read_overdue(fields: Fields) -> Overdue:
    """What follows when a step is overdue; nothing where `on_overdue` is not written."""
    known = ("remind", "raise_priority", "reassign_to_roles", "then")
    inner = fields.inner("on_overdue", known, "write it like {remind: true, reassign_to_roles: [lead]}")
    if inner is None:
        return Overdue()
    _require_due(fields, "on_overdue")
    then = inner.text("then", KEY_MAX) or None
    if then not in (None, "end") and fields.get("for_each") is not None:
        inner.wrong(
            "then",
            "one item of a 'for_each' has no way of its own",
            "write 'then: end': the item is skipped, and has null in the list of outputs",
        )
    return Overdue(
        remind=inner.flag("remind"),
        raise_priority=inner.integer("raise_priority", 1, RAISE_MAX) or 0,
        reassign_to_roles=inner.texts("reassign_to_roles", ROLES_MAX, KEY_MAX),
        then=then,
    )


def read_reminders(fields: Fields) -> tuple[int, ...]:
    """When people are reminded: seconds from when the step is due, negative before; ascending."""
    found: list[int] = []
    for i, text in enumerate(fields.texts("reminders", REMINDERS_MAX, KEY_MAX)):
        try:
            seconds = parse_duration(text.removeprefix("-"))
        except ValueError:
            message = f"{quoted(text)} is no time before or after the step is due"
            fields.report.add((*fields.path, "reminders", i), message, "write -1h for an hour before, 30m for after")
            continue
        found.append(-seconds if text.startswith("-") else seconds)
    if found:
        _require_due(fields, "reminders")
    return tuple(sorted(set(found)))


def read_calendar(fields: Fields) -> Clock | None:
    """The clock by which lengths of time pass; None where nothing is said."""
    value = fields.get("calendar")
    if value is None:
        return None
    if value != "business":
        fields.report.add_unknown(
            (*fields.path, "calendar"), "'calendar' must be business", str(value)[:KEY_MAX], ("business",)
        )
        return None
    return cast("Clock", value)


def _require_due(fields: Fields, name: str) -> None:
    if fields.get("due") is None:
        fields.wrong(name, f"'{name}' needs a time that the step is due", "add 'due', like 4h")
