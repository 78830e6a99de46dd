"""Briefer rows of steps: what mostly changes, or is there from the start, without the columns that do not."""

from operator import attrgetter
from typing import Any, Final

import msgspec

from casework.core.step import Step
from casework.store.work_rows import STEP_ATTEMPTED, STEP_CALLED, STEP_DONE, STEP_FRESH, STEP_MOVED

_FIELDS: Final = tuple(name for name in Step.__struct_fields__ if name != "task")


class Brief:
    """The fields of a step that a briefer statement writes, where the others are as they were, or as they are made."""

    def __init__(self, written: frozenset[str]) -> None:
        self._names = tuple(name for name in _FIELDS if name in written)
        self._written = attrgetter(*self._names)
        self._rest = attrgetter(*(name for name in _FIELDS if name not in written))
        self._defaults = tuple(
            field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
            for field in msgspec.structs.fields(Step)
            if field.name in _FIELDS and field.name not in written
        )

    def covers(self, step: Step, before: Step) -> bool:
        """Whether all that changed is among them."""
        return self._rest(step) == self._rest(before)

    def suffices(self, step: Step) -> bool:
        """Whether a new step has the defaults elsewhere, which are the table's too."""
        return self._rest(step) == self._defaults

    def row(self, step: Step) -> dict[str, Any]:
        """The fields with their values."""
        return dict(zip(self._names, self._written(step), strict=True))


MOVES: Final = (Brief(STEP_MOVED), Brief(STEP_ATTEMPTED))
"""What mostly changes of a step."""

MADE: Final = (Brief(STEP_FRESH), Brief(STEP_DONE), Brief(STEP_CALLED))
"""What a step mostly has when it is made."""

_all = attrgetter(*_FIELDS)


def row_of(step: Step, brief: Brief | None) -> dict[str, Any]:
    """What is written of a step: what the brief kind says, else everything."""
    return dict(zip(_FIELDS, _all(step), strict=True)) if brief is None else brief.row(step)
