"""From a Definition back to the document that it can be parsed from."""

import re
from typing import Any, Final

import msgspec
import yaml

from casework.core.definition import STARTER, Definition, Limits, Overdue, Retry, Task
from casework.core.duration import format_duration

_HEAD: Final = ("key", "name", "description", "labels", "input", "start")
_TAIL: Final = ("output", "on_failure", "calendar", "indicators", "budget")

_LENGTHS: Final = ("due", "requeue_after", "timeout")
_BLANK: Final = (("retry", Retry()), ("on_overdue", Overdue()), ("limits", Limits()))
"""Maps of a task that say nothing, and are left out."""

_RARE_BREAK: Final = re.compile("[\r\x85\u2028\u2029]")


def document(definition: Definition) -> dict[str, Any]:
    """The document form: `casework: 1` first, defaults left out. `parse` gives the same definition back."""
    values = _plain(definition)
    if definition.name == definition.key:
        del values["name"]
    if definition.start == tuple(task.key for task in definition.tasks[:1]):
        del values["start"]
    return {
        "casework": 1,
        **{name: values[name] for name in _HEAD if name in values},
        "tasks": [_task(task) for task in definition.tasks],
        **{name: values[name] for name in _TAIL if name in values},
    }


def to_yaml(definition: Definition) -> str:
    """The document as YAML that `parse` reads back, in the order of `document`."""
    text: str = yaml.dump(document(definition), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
    return text


def _task(task: Task) -> dict[str, Any]:
    values = _plain(task)
    settings = values.pop("settings", {})
    if task.name == task.key:
        del values["name"]
    _write_times(values, task)
    for name, default in _BLANK:
        if getattr(task, name) == default:
            values.pop(name, None)
    if task.exclude:
        values["exclude"] = [key if key == STARTER else f"tasks.{key}" for key in task.exclude]
    return {**values, **settings}


def _write_times(values: dict[str, Any], task: Task) -> None:
    """Lengths of time as people write them."""
    retry = {} if task.retry == Retry() else values["retry"]
    for holder, name in (*((values, name) for name in _LENGTHS), (retry, "backoff"), (retry, "max")):
        if name in holder:
            holder[name] = format_duration(holder[name])
    if task.reminders:
        values["reminders"] = [_offset(seconds) for seconds in task.reminders]


def _offset(seconds: int) -> str:
    return f"{'-' if seconds < 0 else ''}{format_duration(abs(seconds))}"


def _plain(value: Definition | Task) -> dict[str, Any]:
    """The value as JSON has it: lists for tuples, without defaults."""
    fields: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return fields


class _Dumper(yaml.SafeDumper):
    """Writes every value out, for aliases are not read; and quotes what either version of YAML takes for a number."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Lines as a block, as people write them; in quotes what would be read as a line's end; else as it comes."""
    style = None
    if _RARE_BREAK.search(text):
        style = '"'
    elif "\n" in text and all(line == line.strip() for line in text.split("\n")) and not text.startswith("\n"):
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|0o[0-7]+$"),
    list("-+.0123456789"),
)
