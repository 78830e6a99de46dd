"""The steps through a text, YAML or JSON, that its value is put together from.

YAML is read by the core schema of YAML 1.2: `on`, `no`, `010` and `2020-01-01` are what they look like. What it can do
beyond plain values is trouble: aliases (a few lines could stand for gigabytes), tags, a second document.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

import yaml

from casework.core.parse_report import quoted

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_DECIMAL: Final = re.compile(r"[-+]?[0-9]+")
_PREFIXED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

_DIGITS_MAX: Final = 400
"""Digits of a number: more would take time to read, and no number that a workflow can hold has more than twenty."""

_TEXT_TAG: Final = "tag:yaml.org,2002:str"
_TYPES: Final[dict[str, type | tuple[type, ...]]] = {
    "tag:yaml.org,2002:null": type(None),
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": (float, int),
    "tag:yaml.org,2002:map": dict,
    "tag:yaml.org,2002:seq": list,
}

_JSON_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\],:"]+|\n')
_BRACKETS: Final[dict[str, Literal["map", "list", "close"]]] = {"{": "map", "[": "list", "}": "close", "]": "close"}


class Event(NamedTuple):
    """One step: `kind` is map, list, close, value, or trouble: there is no value here, and `value` says why."""

    kind: Literal["map", "list", "close", "value", "trouble"]
    value: Any
    line: int


class Unreadable(Exception):
    """The text cannot be read on; the steps before it stand."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def yaml_events(text: str) -> Iterator[Event]:
    """The steps through a YAML text of one document.

    Raises:
        Unreadable: at the place where it is no YAML any more.
    """
    documents = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            documents += isinstance(event, yaml.DocumentStartEvent)
            if documents > 1:
                raise Unreadable("a second document begins here; there may be one only", _line(event.start_mark))
            if isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                yield _yaml_event(event, _line(event.start_mark))
    except yaml.MarkedYAMLError as error:
        raise Unreadable(f"this is not YAML: {error.problem}", _line(error.problem_mark)) from None
    except yaml.YAMLError as error:
        raise Unreadable(f"this is not YAML: {str(error).splitlines()[0]}") from None


def _line(mark: Any) -> int:
    return int(mark.line) + 1


def _yaml_event(event: yaml.Event, line: int) -> Event:
    match event:
        case yaml.AliasEvent():
            return Event("trouble", f"the alias *{event.anchor} is not supported: write the value out", line)
        case yaml.ScalarEvent():
            return _yaml_scalar(event, line)
        case yaml.CollectionStartEvent():
            return _yaml_collection(event, line)
        case _:
            return Event("close", None, line)


def _yaml_collection(event: yaml.CollectionStartEvent, line: int) -> Event:
    kind: Literal["map", "list"] = "map" if isinstance(event, yaml.MappingStartEvent) else "list"
    if event.tag not in (None, "!") and _TYPES.get(str(event.tag)) is not (dict if kind == "map" else list):
        # Refused whole: what is inside a tagged collection cannot be told.
        raise Unreadable(f"the tag {quoted(event.tag)} is not supported", line)
    return Event(kind, None, line)


def _yaml_scalar(event: yaml.ScalarEvent, line: int) -> Event:
    tag, text = event.tag, event.value
    if tag in ("!", _TEXT_TAG) or (tag is None and not event.implicit[0]):
        return Event("value", text, line)
    try:
        value = _core_value(text)
    except ValueError as error:
        return Event("trouble", str(error), line)
    if tag is not None and not (tag in _TYPES and isinstance(value, _TYPES[tag])):
        return Event("trouble", f"the tag {quoted(tag)} is not supported", line)
    return Event("value", value, line)


def _core_value(text: str) -> Any:
    """The value of a plain word by the core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if not _FLOAT.fullmatch(text) and not _PREFIXED.fullmatch(text):
        return text
    if len(text) > _DIGITS_MAX:
        msg = f"the number {quoted(text)} is too long"
        raise ValueError(msg)
    if _PREFIXED.fullmatch(text):
        return int(text, 0)
    return int(text) if _DECIMAL.fullmatch(text) else float(text)


def json_events(text: str) -> Iterator[Event]:
    """The steps through a JSON text.

    Raises:
        Unreadable: before the first step, where it is no JSON.
    """
    try:
        # Its value has lost its lines and doubled keys; but once the text is known to be JSON, its words tell all.
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"this is not JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise Unreadable("the document is nested too deeply") from None
    except ValueError:
        raise Unreadable("the document holds a number that is too long") from None
    line = 1
    for match in _JSON_TOKEN.finditer(text):
        word = match[0]
        if word == "\n":
            line += 1
        elif word in _BRACKETS:
            yield Event(_BRACKETS[word], None, line)
        else:
            yield Event("value", json.loads(word), line)
