"""From the text of a document to its value, with the line of everything in it.

Reading never recurses and is bounded, so that no text, however made, costs more than about a second.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from casework.core.definition import Json
from casework.core.parse_event import Event, Unreadable, json_events, yaml_events
from casework.core.parse_report import Node, Path, Report, quoted

BYTES_MAX: Final = 1024 * 1024
"""Of a document: a thousand tasks, well described."""

DEPTH_MAX: Final = 64
"""Lists and maps within one another; schemas are what nests most, and people write ten levels."""

EVENTS_MAX: Final = 150_000
"""Keys, values and brackets of a document: read in about a second, and more than the largest workflow needs."""

_BREAKS: Final = re.compile(r"\r\n|\r|\n")
_UNFIT: Final = re.compile("[\0\ud800-\udfff]")


def read_text(source: str | bytes, media: Literal["yaml", "json"], report: Report) -> Json:
    """The value that the text stands for; None where it cannot be read, which `report` then tells."""
    try:
        text = _decoded(source)
        return _build(json_events(text) if media == "json" else yaml_events(text), report)
    except Unreadable as error:
        report.add_broken((), error.message, line=error.line)
        return None


def _decoded(source: str | bytes) -> str:
    if isinstance(source, bytes):
        if len(source) > BYTES_MAX:
            raise Unreadable(f"the document has {len(source):,} bytes; at most {BYTES_MAX:,} are allowed")
        try:
            text = source.decode()
        except UnicodeDecodeError as error:
            line = source[: error.start].count(b"\n") + 1
            raise Unreadable(f"the document is not UTF-8 text: byte {error.start + 1:,}", line) from None
    else:
        text = source
        if len(text) > BYTES_MAX:
            raise Unreadable(f"the document has {len(text):,} characters; at most {BYTES_MAX:,} are allowed")
    unfit = _UNFIT.search(text)
    if unfit:
        what = "a NUL character" if unfit[0] == "\0" else "half of a surrogate pair"
        raise Unreadable(f"the document holds {what}", _line_at(text, unfit.start()))
    return text.removeprefix("\ufeff")


def _line_at(text: str, position: int) -> int:
    return len(_BREAKS.findall(text, 0, position)) + 1


# From events to a value


class _Frame(NamedTuple):
    """A list or map that is being filled."""

    path: Path
    value: Any
    node: Node


class _Builder:
    """Puts the values together; a map's key waits until its value comes."""

    def __init__(self, report: Report) -> None:
        self.result: Json = None
        self._report = report
        self._frames: list[_Frame] = []
        self._keys: list[tuple[str, int] | None] = []

    def take(self, event: Event) -> None:
        if event.kind == "close":
            self._frames.pop()
            self._keys.pop()
        elif self._frames and isinstance(self._frames[-1].value, dict) and self._keys[-1] is None:
            self._take_key(event)
        else:
            self._take_value(event)

    def _take_key(self, event: Event) -> None:
        if event.kind in ("map", "list"):
            raise Unreadable("a key must be text, not a list or map", event.line)
        frame = self._frames[-1]
        key = event.value if isinstance(event.value, str) else json.dumps(event.value)
        path = (*frame.path, key)
        if event.kind == "trouble":
            self._report.add(frame.path, event.value, line=event.line)
        elif not isinstance(event.value, str):
            self._report.add(path, f"the key {quoted(key)} is not text", "put it in quotes", line=event.line)
        elif key in frame.value:
            self._report.add(path, f"the key {quoted(key)} stands here twice", line=event.line)
        self._keys[-1] = (key, event.line)

    def _take_value(self, event: Event) -> None:
        path, line = self._place(event.line)
        node = Node(line)
        value: Any = {"map": dict, "list": list}.get(event.kind, lambda: event.value)()
        if event.kind == "trouble":
            self._report.add_broken(path, event.value, line=line)
            value = None
        if not self._frames:
            self.result, self._report.root = value, node
        else:
            self._store(path[-1], value, node)
        if event.kind in ("map", "list"):
            if len(self._frames) == DEPTH_MAX:
                raise Unreadable(f"the document is nested more than {DEPTH_MAX} deep", line)
            self._frames.append(_Frame(path, value, node))
            self._keys.append(None)

    def _place(self, line: int) -> tuple[Path, int]:
        """Where the next value belongs, and its line: that of its key, if it has one."""
        if not self._frames:
            return (), line
        frame, key = self._frames[-1], self._keys[-1]
        if key is None:
            return (*frame.path, len(frame.value)), line
        self._keys[-1] = None
        return (*frame.path, key[0]), key[1]

    def _store(self, part: str | int, value: Json, node: Node) -> None:
        frame = self._frames[-1]
        frame.node.inside[part] = node
        if isinstance(frame.value, list):
            frame.value.append(value)
        else:
            frame.value[part] = value


def _build(events: Iterator[Event], report: Report) -> Json:
    builder = _Builder(report)
    for count, event in enumerate(events):
        if count == EVENTS_MAX:
            raise Unreadable(f"the document has more than {EVENTS_MAX:,} keys and values", event.line)
        builder.take(event)
    return builder.result
