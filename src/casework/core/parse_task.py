"""From one entry of `tasks` to a Task; what it refers to is checked when all are known."""

import re
from collections.abc import Mapping
from typing import Any, Final, cast, get_args

from casework.core.definition import (
    BY_WORKERS,
    END,
    HUMAN,
    ITEMS_MAX,
    KINDS,
    VISITS_DEFAULT,
    Distribute,
    ItemError,
    Join,
    Limits,
    OnFailure,
    Retry,
    Split,
    Task,
    Transition,
    task_named,
)
from casework.core.kinds import KINDS as FORMS
from casework.core.parse_due import read_calendar, read_overdue, read_reminders
from casework.core.parse_field import Fields
from casework.core.parse_report import Path, Report, quoted
from casework.core.rate import parse_rate

NAME_MAX: Final = 200
"""Characters of a name: what still fits a line of a list."""

DESCRIPTION_MAX: Final = 10_000
PROMPT_MAX: Final = 20_000
"""Characters: some pages, which is what a person reads before a task."""

ENTRIES_MAX: Final = 100
"""Of each list of a task or workflow: roles, ways on, labels, indicators."""

VISITS_MAX: Final = 10_000
"""Of a task in one run: a loop that goes round more often is a mistake."""

PRIORITY_MAX: Final = 100

KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")

FIELDS: Final = (
    "key",
    "name",
    "kind",
    "description",
    "output",
    "next",
    "split",
    "otherwise",
    "join",
    "cancel_rest",
    "visits",
    "for_each",
    "concurrency",
    "on_item_error",
    "on_error",
    "on_failure",
    "compensate",
    "indicators",
)
"""Every field that a task of any kind may have."""

OF_PEOPLE: Final = (
    "prompt",
    "roles",
    "exclude",
    "allow",
    "deny",
    "form",
    "due",
    "on_overdue",
    "reminders",
    "calendar",
    "requeue_after",
    "distribute",
    "priority",
)
"""Fields of a task that people do."""

OF_WORKERS: Final = ("retry", "timeout", "limits")
"""Fields of a task that a worker performs."""

CONCURRENCY_MAX: Final = 10_000
"""Steps of a task at once: more than an installation's workers perform, so that a larger number says nothing."""

ATTEMPTS_MAX: Final = 100
WAIT_MAX: Final = 7 * 24 * 3600
"""Seconds between two attempts: whoever waits longer than a week wants a person to look at it."""


def read_task(values: Mapping[str, Any], path: Path, report: Report) -> Task:
    """The task as written. A field that is wrong is reported and has its default; a wrong key is ""."""
    fields = Fields(values, path, report)
    key = _key(fields)
    kind = _kind(fields)
    settings: dict[str, Any] = {}
    if kind:
        check_unknown(fields, _known(kind))
        settings = FORMS[kind].read(fields)
    return Task(
        key=key,
        name=fields.text("name", NAME_MAX, default=key) or key,
        kind=kind,
        description=fields.text("description", DESCRIPTION_MAX),
        prompt=fields.text("prompt", PROMPT_MAX),
        roles=fields.texts("roles", ENTRIES_MAX, NAME_MAX),
        exclude=_excluded(fields),
        form=fields.schema("form"),
        output=fields.schema("output"),
        allow=fields.source("allow"),
        deny=fields.source("deny"),
        due=fields.duration("due"),
        on_overdue=read_overdue(fields),
        reminders=read_reminders(fields),
        calendar=read_calendar(fields),
        requeue_after=fields.duration("requeue_after"),
        distribute=cast("Distribute", fields.choice("distribute", get_args(Distribute))),
        priority=fields.integer("priority", 0, PRIORITY_MAX),
        next=_transitions(fields),
        split=cast("Split", fields.choice("split", ("first", "all"))),
        otherwise=fields.text("otherwise", NAME_MAX) or None,
        join=cast("Join", fields.choice("join", ("each", "all", "any"))),
        cancel_rest=fields.flag("cancel_rest"),
        visits=fields.integer("visits", 1, VISITS_MAX) or VISITS_DEFAULT,
        for_each=fields.source("for_each"),
        concurrency=fields.integer("concurrency", 1, ITEMS_MAX) or ITEMS_MAX,
        on_item_error=cast("ItemError", fields.choice("on_item_error", ("fail", "skip", "collect"))),
        on_error=fields.text("on_error", NAME_MAX) or None,
        on_failure=read_on_failure(fields),
        retry=_retry(fields),
        timeout=fields.duration("timeout"),
        limits=_limits(fields),
        on_timeout=fields.text("on_timeout", NAME_MAX) or None,
        compensate=fields.text("compensate", NAME_MAX) or None,
        indicators=fields.sources("indicators", ENTRIES_MAX),
        settings=settings,
    )


def read_on_failure(fields: Fields) -> OnFailure | None:
    """What follows when a step fails for good and has no error route; None where nothing is said."""
    if fields.get("on_failure") is None:
        return None
    return cast("OnFailure", fields.choice("on_failure", ("fail", "incident")))


def check_unknown(fields: Fields, known: tuple[str, ...]) -> None:
    """Report every field that there is not."""
    for name in fields.values:
        if name not in known:
            fields.report.add_unknown((*fields.path, name), f"there is no field {quoted(name)} here", name, known)


def _known(kind: str) -> tuple[str, ...]:
    """The fields of a task of that kind."""
    others = OF_PEOPLE if kind == HUMAN else OF_WORKERS if kind in BY_WORKERS else ()
    return (*FIELDS, *others, *FORMS[kind].fields)


def _retry(fields: Fields) -> Retry:
    value = fields.get("retry")
    if value is None:
        return Retry()
    if not isinstance(value, dict):
        fields.wrong("retry", "'retry' must be a map", "write it like {attempts: 3, backoff: 2s, max: 60s}")
        return Retry()
    inner = Fields(value, (*fields.path, "retry"), fields.report)
    check_unknown(inner, ("attempts", "backoff", "max"))
    return Retry(
        attempts=inner.integer("attempts", 1, ATTEMPTS_MAX) or 1,
        backoff=_wait(inner, "backoff", 1),
        max=_wait(inner, "max", 60),
    )


def _limits(fields: Fields) -> Limits:
    inner = fields.inner("limits", ("concurrency", "rate"), "write it like {concurrency: 5, rate: 100/m}")
    if inner is None:
        return Limits()
    rate = inner.text("rate", NAME_MAX) or None
    if rate is not None:
        try:
            parse_rate(rate)
        except ValueError as error:
            inner.wrong("rate", str(error))
    return Limits(concurrency=inner.integer("concurrency", 1, CONCURRENCY_MAX), rate=rate)


def _wait(fields: Fields, name: str, default: int) -> int:
    seconds = fields.duration(name)
    if seconds is not None and seconds > WAIT_MAX:
        fields.wrong(name, f"'{name}' is at most {WAIT_MAX // 86400}d")
    return seconds or default


def _key(fields: Fields) -> str:
    key = fields.get("key")
    if key is None:
        fields.report.add(fields.path, "the task has no 'key'")
    elif not isinstance(key, str) or not KEY.fullmatch(key):
        fields.wrong("key", f"{quoted(key)} must be a-z, 0-9 and _ only, a letter first, at most 63 characters")
    elif key == END:
        fields.wrong("key", f"'{END}' is the reserved target of a way that ends its branch", "choose another key")
    else:
        return key
    return ""


def _kind(fields: Fields) -> str:
    kind = fields.get("kind")
    hint = f"there are {', '.join(KINDS)}"
    if kind is None:
        fields.report.add(fields.path, "the task has no 'kind'", hint)
    elif isinstance(kind, str) and kind in KINDS:
        return kind
    else:
        message = f"there is no kind {quoted(kind)}"
        fields.report.add_unknown((*fields.path, "kind"), message, str(kind)[:NAME_MAX], KINDS, hint=hint)
    return ""


def _excluded(fields: Fields) -> tuple[str, ...]:
    """The keys in `exclude`, which are written like `tasks.review` or `review`."""
    names = fields.texts("exclude", ENTRIES_MAX, NAME_MAX)
    return tuple(dict.fromkeys(task_named(name) for name in names))


def _transitions(fields: Fields) -> tuple[Transition, ...]:
    """The ways on, one for each entry, so that places stay the same; a wrong target is ""."""
    entries = fields.get("next")
    if entries is None:
        return ()
    if not isinstance(entries, list):
        fields.wrong("next", "'next' must be a list", "write it like [{to: review}]")
        return ()
    if len(entries) > ENTRIES_MAX:
        fields.wrong("next", f"'next' has {len(entries):,} entries; at most {ENTRIES_MAX:,} are allowed")
    return tuple(
        _transition(entry, (*fields.path, "next", i), fields.report) for i, entry in enumerate(entries[:ENTRIES_MAX])
    )


def _transition(entry: Any, path: Path, report: Report) -> Transition:
    if not isinstance(entry, dict):
        report.add(path, "a way on must be a map", "write it like {to: review}")
        return Transition(to="")
    fields = Fields(entry, path, report)
    check_unknown(fields, ("to", "when"))
    if fields.get("to") in (None, ""):
        report.add(path, "the way has no 'to'")
    return Transition(to=fields.text("to", NAME_MAX), when=fields.source("when"))
