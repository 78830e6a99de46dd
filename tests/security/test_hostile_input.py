"""No input breaks anything: whatever is sent to whichever operation, it is answered as declared, or changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import msgspec
import pytest

from casework.api.openapi import document
from tests.security.asking import Desk, Draft
from tests.security.cast import Who
from tests.security.conftest import Stage
from tests.security.declared import APP, ROUTES, Route
from tests.security.expectation import Call
from tests.security.hostility import Aim, Hostile, attacks
from tests.security.recipes_others import RECIPES
from tests.security.schemas import Document
from tests.security.snapshot import changed
from tests.security.wire import Answer

DOCUMENT = document(APP)
OPERATIONS: dict[str, Mapping[str, Any]] = {
    f"{method.upper()} {path}": operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
SHAPES: dict[str, Any] = {
    "chats": dict[str, str],
    "analytics": dict[str, str | list[dict[str, Any]]],
    "activities": dict[str, list[dict[str, Any]]],
}
NAMES = {
    "chats": {"error", "message"},
    "activities": {"errors"},
    "mcp": {"jsonrpc", "id", "error"},
    "openai": {"error"},
}
"""What a refusal is made of, where it is not a detail with or without problems."""

SECONDS_MAX = 5
"""In which even a busy machine has answered; a client waits for 30."""

PIECE = 65_536


@pytest.mark.parametrize("name", OPERATIONS)
async def test_an_operation_withstands_every_input(stage: Stage, name: str):
    field = await Field.of(stage, name)
    assert (await field.fire(field.aim.plain()))[0].status == field.route.operation.status, "nothing valid is known"
    await field.aim_anew()
    shots = list(attacks(field.aim))
    problems = [*await _must_fail(field, shots), *await _may_pass(field, shots)]
    assert problems == []


async def _must_fail(field: "Field", shots: list[Hostile]) -> list[str]:
    """What has to be refused; together it leaves the whole database as it was."""
    before = await field.stage.world.snapshots.take()
    problems: list[str] = []
    for shot in shots:
        if shot.must_fail:
            answer, found = await field.fire(shot)
            problems += found if answer.status >= 400 else [*found, f"{shot.label}: accepted with {answer.status}"]
    after = await field.stage.world.snapshots.take()
    return [*problems, *(f"rows of {table} were changed" for table in changed(before, after))]


async def _may_pass(field: "Field", shots: list[Hostile]) -> list[str]:
    """What may be taken for something; what is not, and what only reads, leaves the whole database as it was."""
    problems: list[str] = []
    before = await field.stage.world.snapshots.take()
    is_hit = False  # what was aimed at may not be there any more, or be done with
    for shot in shots:
        if shot.must_fail:
            continue
        answer, found = await field.fire(shot)
        if is_hit and answer.status in (404, 409):
            await field.aim_anew()
            before = await field.stage.world.snapshots.take()
            answer, found = await field.fire(shot)
        problems += found
        if not field.route.changes:
            continue
        is_hit = answer.status < 400
        after = await field.stage.world.snapshots.take()
        if not is_hit and changed(before, after):
            problems.append(f"{shot.label}: refused with {answer.status}, and rows changed in {changed(before, after)}")
        before = after
    after = await field.stage.world.snapshots.take()
    return [*problems, *(f"rows of {table} were changed" for table in changed(before, after))]


@dataclass(slots=True, kw_only=True)
class Field:
    """An operation under fire, with a valid request of it to start from."""

    stage: Stage
    route: Route
    operation: Mapping[str, Any]
    desk: Desk
    call: Call
    aim: Aim
    current: Draft

    @classmethod
    async def of(cls, stage: Stage, name: str) -> "Field":
        """Of the operation of that name."""
        route = next(route for route in ROUTES if route.name == name)
        recipe = RECIPES[name][0]
        desk = Desk(world=stage.world, route=route, recipe=recipe, former=stage.former)
        state = None if recipe.kind is None else "own" if recipe.kind in ("case", "chat", "key") else "others"
        call = Call(who=_caller(stage, route), side="ours", state=state)
        draft = await desk.draft(call, is_spent=True)
        operation = OPERATIONS[name]
        aim = Aim(path=route.path, operation=operation, document=Document(DOCUMENT), draft=draft)
        return cls(stage=stage, route=route, operation=operation, desk=desk, call=call, aim=aim, current=draft)

    async def aim_anew(self) -> None:
        """Take something else as the target: the last was hit."""
        self.current = await self.desk.draft(self.call, is_spent=True)

    async def fire(self, shot: Hostile) -> tuple[Answer, list[str]]:
        """The answer, and what is wrong with it."""
        shot = self._redirected(shot)
        named = {} if self.current.workspace is None else {"x-workspace": self.current.workspace}
        headers = {**self.call.who.headers, **self.current.headers, **named, **shot.headers}
        started = perf_counter()
        answer = await self.stage.world.wire.send(
            self.route.method, shot.target, headers, shot.body, chunks=_pieces(shot) if shot.is_in_pieces else None
        )
        seconds = perf_counter() - started
        if self.desk.recipe.ends_sessions:
            await self.stage.world.snapshots.revive_sessions()
        problems = list(self._problems(answer))
        if seconds > SECONDS_MAX:
            problems.append(f"took {seconds:.1f} s")
        return answer, [f"{shot.label}: {problem} {answer.body[:200]!r}" for problem in problems]

    def _redirected(self, shot: Hostile) -> Hostile:
        """The same, at the current target."""
        target, body = shot.target, shot.body
        for name, value in self.current.ids.items():
            old = str(self.aim.draft.ids[name])
            if old != str(value):
                target = target.replace(old, str(value))
                if old in repr(self.aim.draft.body):
                    body = body.replace(old.encode(), str(value).encode())
        return replace(shot, target=target, body=body)

    def _problems(self, answer: Answer) -> Iterator[str]:
        if str(answer.status) not in self.operation["responses"]:
            yield f"answered {answer.status}, which is not declared;"
        if answer.status >= 500:
            yield f"broke with {answer.status};"
        if answer.status >= 400:
            surface = self.route.surface
            if answer.headers.get("content-type") != surface.media_type:
                yield f"refused as {answer.headers.get('content-type')};"
            yield from _misshapen(surface.name, answer.body)


def _misshapen(surface: str, body: bytes) -> Iterator[str]:
    try:
        found = msgspec.json.decode(body, type=SHAPES.get(surface, dict[str, Any]))
    except msgspec.MsgspecError as error:
        yield f"refused in another shape: {error};"
        return
    if not (found.keys() == NAMES.get(surface, {"detail"}) or found.keys() == {"detail", "problems"}):
        yield "refused in another shape;"


def _caller(stage: Stage, route: Route) -> Who:
    """The Manager; where anybody may, a key of another workspace, which no signing out can end."""
    return stage.world.cast.their_key if route.policy.who == "anyone" else stage.world.cast.manager


def _pieces(shot: Hostile) -> Iterator[bytes]:
    for start in range(0, len(shot.body), PIECE):
        yield shot.body[start : start + PIECE]
