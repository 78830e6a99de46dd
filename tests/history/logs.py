"""Logs for tests: real ones where they are, and small ones written here."""

import gzip
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

import pytest

from tests.eventlog.conftest import DATA_VARIABLE, data_folder

REAL = ("helpdesk", "receipt")

Event = tuple[str, str, str | None, str]
"""A task, an instant, a resource, a transition."""


def real_log(name: str) -> Path:
    """A published log; the test is skipped, and says so, where it is not there."""
    folder = data_folder()
    path = None if folder is None else folder / f"{name}.xes.gz"
    if path is None or not path.is_file():
        pytest.skip(f"NOT TESTED on a real log: there is no {name}.xes.gz; set {DATA_VARIABLE} to its folder")
    return path


def told(path: Path) -> dict[str, list[tuple[datetime, str, str | None]]]:
    """What a log that has completions only tells, by case: (instant, task, resource), in order of time."""
    cases = {}
    with gzip.open(path) as file:
        for _, element in ET.iterparse(file):
            if element.tag.endswith("trace"):
                names = {child.get("key"): child.get("value") for child in element if not child.tag.endswith("event")}
                events = []
                for event in (child for child in element if child.tag.endswith("event")):
                    values = {child.get("key"): child.get("value") for child in event}
                    at = datetime.fromisoformat(values["time:timestamp"])
                    events.append((at, values["concept:name"], values.get("org:resource")))
                cases[names["concept:name"]] = sorted(events, key=lambda one: one[0])
                element.clear()
    return cases


def xes(cases: Iterable[tuple[str, Sequence[Event]]]) -> bytes:
    """A log in XES."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<log xes.version="1.0">']
    for case_id, events in cases:
        lines += ["<trace>", _string("concept:name", case_id)]
        for task, at, resource, transition in events:
            lines += ["<event>", _string("concept:name", task), f'<date key="time:timestamp" value="{at}"/>']
            lines += [_string("lifecycle:transition", transition)]
            lines += [] if resource is None else [_string("org:resource", resource)]
            lines += ["</event>"]
        lines += ["</trace>"]
    return "\n".join([*lines, "</log>"]).encode()


def completions(count: int, *, tasks: Sequence[str] = ("Ask", "Answer", "Close")) -> bytes:
    """A log of so many cases, each with these tasks, one a minute, done by three people in turn."""
    start = datetime.fromisoformat("2024-03-01T08:00:00+00:00")
    return xes(
        (
            f"case {number}",
            [
                (task, (start + timedelta(hours=number, minutes=place)).isoformat(), f"Person {place % 3}", "complete")
                for place, task in enumerate(tasks)
            ],
        )
        for number in range(count)
    )


def _string(key: str, value: str) -> str:
    return f'<string key="{key}" value={quoteattr(value)}/>'
