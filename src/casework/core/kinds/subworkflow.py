"""`subworkflow`: a run of another workflow; the step's output is that run's."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from casework.core.condition import EvaluationError
from casework.core.context import Context
from casework.core.definition import Json
from casework.core.kinds.part import Compiled, Part, rendered
from casework.core.parse_field import Fields

FIELDS: Final = ("workflow", "version", "input", "detached", "timeout", "on_timeout")

VERSION_MAX: Final = 1_000_000

_KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def read(fields: Fields) -> dict[str, Json]:
    """`workflow`: its key; `version`: the newest by default; `input`; `detached`: whether nobody waits for its end."""
    key = fields.text("workflow", 64)
    if not key:
        fields.wrong("workflow", "the task does not name its 'workflow'", "write it like workflow: billing")
    elif not _KEY.fullmatch(key):
        fields.wrong("workflow", "a workflow's key has a-z, 0-9, _ and - only, a letter first")
    settings: dict[str, Json] = {"workflow": key}
    version = fields.integer("version", 1, VERSION_MAX)
    if version is not None:
        settings["version"] = version
    if fields.get("input") is not None:
        settings["input"] = fields.get("input")
    if fields.flag("detached"):
        settings["detached"] = True
        if fields.get("timeout") is not None:
            fields.wrong("timeout", "nothing is waited for where a sub-run is detached", "leave it out")
    if fields.get("on_timeout") is not None and fields.get("timeout") is None:
        fields.wrong("on_timeout", "'on_timeout' needs a 'timeout'")
    return settings


def parts(settings: Mapping[str, Any]) -> Iterator[Part]:
    """The input."""
    yield Part(path=("input",), form="template", source=settings.get("input", {}))


def evaluate(settings: Mapping[str, Any], compiled: Mapping[str, Compiled], context: Context) -> Json:
    """Of which workflow and version a run is to be made, with which input.

    Raises:
        EvaluationError: the input has no value, or is no map.

    """
    given = rendered(compiled, "input", context)
    if not isinstance(given, dict):
        raise EvaluationError("the input of a sub-run must be a map")
    return {**settings, "input": given}
