"""No input breaks anything: whatever is sent to whichever operation, it is answered as declared, or changes nothing."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any

import pytest

from casework.api.errors import surface_of
from casework.api.openapi import document
from tests.security.asking import Desk
from tests.security.conftest import Stage
from tests.security.declared import APP, ROUTES
from tests.security.expectation import Call
from tests.security.hostility import MIB, Aim, Hostile, attacks
from tests.security.recipes_others import RECIPES
from tests.security.schemas import Document
from tests.security.snapshot import changed
from tests.security.wire import Answer

DOCUMENT = document(APP)
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
SECONDS_MAX = 5
"""In which even a busy machine has answered; no client waits for ever."""


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
async def test_an_operation_withstands_every_input(stage: Stage, name: str, operation: Mapping[str, Any]):
    range_ = Range(stage, name, operation)
    before = await stage.world.snapshots.take()
    shots = list(attacks(await range_.aim()))
    certain = [shot for shot in shots if shot.must_fail]
    problems: list[str] = []
    before = await stage.world.snapshots.take()
    for shot in certain:
        problems += await range_.fire(shot)
    assert changed(before, await stage.world.snapshots.take()) == []
    assert problems == []


class Range:
    pass
