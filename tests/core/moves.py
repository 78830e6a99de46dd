"""Small words for moving runs to other versions."""

import pytest

from casework.core.command import Migrate, Restore
from casework.core.migration import kept
from casework.core.obstacles import OBSTACLES, Immovable
from casework.core.version import compile_version
from tests.core.cases import workflow


def command(case, *tasks, to=2, mapped=None, **fields):
    return Migrate(version=compile_version(workflow(*tasks, **fields)), number=to, migration=5, tasks=mapped or {})


def move(case, *tasks, mapped=None, **fields):
    """Move the run to a version of these tasks (to: its number); what was decided."""
    decided = case.decided(command(case, *tasks, mapped=mapped, **fields))
    before, case.run = case.run, decided.run
    case.undo = Restore(version=before.version, number=before.number, migration=5, kept=kept(before, case.run))
    return decided


def reasons(case, *tasks, mapped=None, **fields):
    """Why it does not move: kind of obstacle and task."""
    with pytest.raises(Immovable) as caught:
        case.do(command(case, *tasks, mapped=mapped, **fields))
    assert all(one.code in OBSTACLES and one.message for one in caught.value.obstacles)
    return [(one.code, one.task) for one in caught.value.obstacles]
