"""The calls that a route is asked with: every caller, for its own, others', strangers', absent and deleted things."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import casework
from casework.core.permission import Policy
from tests.security.cast import Cast, Side, Who
from tests.security.declared import Route
from tests.security.expectation import OK, Call, State, expected
from tests.security.recipes import Recipe
from tests.security.things import ABSENT_UUID, Ids, Kind, Status, World, absent, of_member
from tests.security.wire import Answer

VOLATILE = frozenset({"x-request-id", "content-length"})
"""Headers in which two answers may differ; the length follows from the body, where ids are struck out."""


_BUILT = Path(casework.__file__).parent / "web" / "assets"
_ASSET = min((path.name for path in _BUILT.glob("*.js")), default="none.js")
"""A file of the web app, as it was built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A request that is ready to be sent; `workspace` is what its header names, where the path names none."""

    ids: Ids
    target: str
    body: Any
    workspace: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call, the answer, and the same with everything struck out that the caller itself had sent."""

    call: Call
    target: str
    answer: Answer
    bare: tuple[Any, ...]


def holders(policy: Policy, cast: Cast) -> list[Who]:
    """Those who hold exactly what the policy asks, where one thing is asked; and the Manager, who holds everything."""
    asked = [policy.scope, policy.own_or, policy.project]
    found = [cast.scoped[name] for name in asked if name is not None and policy.workflow is None]
    if policy.workflow is not None and not any(asked):
        found.append(cast.leveled[policy.workflow])
    return [*found, cast.manager, cast.organization]


def calls(route: Route, recipe: Recipe, cast: Cast) -> Iterator[Call]:
    """Every call of the matrix for a route, asked in that way."""
    policy = recipe.policy or route.policy
    if policy.who == "anyone":
        callers = [*cast.unproven[:2], cast.their_key]
        state: State | None = None if recipe.kind is None else "others"
        yield from (Call(who=who, side="ours", state=state) for who in callers)
    elif policy.who == "account":
        callers = [*cast.unproven, cast.former, cast.bystander, cast.stranger, cast.their_key, cast.reader]
        yield from (Call(who=who, side="ours", state=None) for who in callers)
    else:
        for call in _of_members(route, recipe, policy, cast):
            has_state = call.state is None or call.state in recipe.states or not call.who.proves
            if has_state and (not recipe.callers or call.who.name in recipe.callers or not call.who.proves):
                yield call


def _of_members(route: Route, recipe: Recipe, policy: Policy, cast: Cast) -> Iterator[Call]:
    existing: tuple[State | None, ...] = ("others", "absent") if recipe.kind else (None,)
    for who in [*cast.unproven, cast.former]:
        yield from (Call(who=who, side="ours", state=state) for state in existing)
    if recipe.kind in ("case", "chat", "member"):
        yield Call(who=cast.former, side="ours", state="own")
    for who in (cast.stranger, cast.their_key):
        if route.is_addressed or not who.is_key:
            yield from (Call(who=who, side=side, state=existing[0]) for side in ("ours", "nowhere"))
        yield from (Call(who=who, side="theirs", state=state) for state in _seen(recipe, "foreign", "absent"))
    for who in (cast.bystander, cast.reader, *holders(policy, cast)):
        yield from (Call(who=who, side="ours", state=state) for state in _seen(recipe, *_INSIDE))
    yield from (Call(who=cast.ada, side="ours", state=state) for state in _seen(recipe, "own", *_INSIDE))


_INSIDE: tuple[State, ...] = ("others", "foreign", "absent", "gone")


def _seen(recipe: Recipe, *states: State) -> tuple[State | None, ...]:
    if recipe.kind is None:
        return (None,)
    ownerless = recipe.kind in ("role", "workflow", "schedule", "hook")
    left = {"own"} if ownerless else {"gone"} if recipe.kind in {"case", "incident"} else set()
    return tuple(state for state in states if state not in left)


@dataclass(slots=True, kw_only=True)
class Desk:
    """Asks a route in one way. Things that stay as they are serve several calls; `former` brought its own with it."""

    world: World
    route: Route
    recipe: Recipe
    former: dict[str, Ids]
    _kept: dict[tuple[Any, ...], Ids] = field(default_factory=dict)

    def expected(self, call: Call) -> int:
        """The status that the policy promises; the declared one where the call is let through."""
        policy = self.recipe.policy or self.route.policy
        status = expected(policy, call, self.recipe, self.route.surface.name)
        return self.route.operation.status if status == OK else status

    async def prepare(self, call: Call) -> None:
        """Make what the call is about."""
        await self._ids(call, is_spent=False)

    async def ask(self, call: Call, *, is_spent: bool = False) -> Asked:
        """Make the call; of things that it will change (`is_spent`), new ones."""
        draft = await self.draft(call, is_spent=is_spent)
        answer = await self.world.send(
            self.route.method, draft.target, call.who, draft.body, workspace=draft.workspace, headers=draft.headers
        )
        if self.recipe.ends_sessions:
            await self.world.snapshots.revive_sessions()
        return Asked(call=call, target=draft.target, answer=answer, bare=_bare(answer, draft.ids))

    async def draft(self, call: Call, *, is_spent: bool = False) -> Draft:
        """The request of a call, ready to be sent."""
        ids = await self._ids(call, is_spent=is_spent)
        example = None if self.route.operation.body_example is None else self.route.body_example
        return Draft(
            ids=ids,
            target=self.recipe.target(self.route.path, ids),
            body=self.recipe.sent(example, ids, self.world),
            workspace=self._header(call),
            headers=self.recipe.named(ids),
        )

    def _header(self, call: Call) -> str | None:
        """A key works where it is from, whatever the header says: so it says something else."""
        if self.route.is_addressed or self.route.policy.who != "member":
            return None
        return self._uuid("ours" if call.who is self.world.cast.their_key else call.side)

    def _uuid(self, side: Side) -> str:
        return ABSENT_UUID if side == "nowhere" else str(self.world.cast.places[side].uuid)

    async def _ids(self, call: Call, *, is_spent: bool) -> Ids:
        uuid = self._uuid(call.side)
        ids: Ids = {"workspace_uuid": uuid, "org_id": uuid, "name": "reference.js"}
        ids |= {"asset": _ASSET, "rest": "inbox"}
        if self.recipe.beside is not None:
            beside = await self._beside(call, self.recipe.beside, is_spent=is_spent)
            ids |= beside | {f"beside_{name}": value for name, value in beside.items()}
        if self.recipe.kind is not None and call.state is not None:
            ids |= await self._thing(call, self.recipe.kind, call.state, is_spent=is_spent)
        return ids

    async def _beside(self, call: Call, kind: Kind, *, is_spent: bool) -> Ids:
        owner = call.who if call.who.home and call.who.member_id else self.world.cast.ada
        return await self._made(kind, owner.home or "ours", owner, is_spent=is_spent)

    async def _thing(self, call: Call, kind: Kind, state: State, *, is_spent: bool) -> Ids:
        cast = self.world.cast
        match state:
            case "own":
                return await self._own(call.who, kind, is_spent=is_spent)
            case "others":
                return await self._made(kind, "ours", cast.bob, is_spent=is_spent)
            case "foreign" if call.side == "theirs":
                return await self._made(kind, "ours", cast.bob)
            case "foreign":
                return await self._made(kind, "theirs", cast.stranger)
            case "absent":
                return absent(await self._made(kind, "ours", cast.bob))
        key = ("gone", kind)
        if key not in self._kept:
            self._kept[key] = await self.world.lose(kind)
        return self._kept[key]

    async def _own(self, who: Who, kind: Kind, *, is_spent: bool) -> Ids:
        if who is self.world.cast.former:
            return self.former[kind]
        return of_member(who) if kind == "member" else await self._made(kind, "ours", who, is_spent=is_spent)

    async def _made(self, kind: Kind, side: Side, owner: Who, *, is_spent: bool = False) -> Ids:
        key = (kind, side, owner.name)
        if is_spent or key not in self._kept:
            status: Status = self.recipe.status
            self._kept[key] = await self.world.make(kind, side, owner, status)
        return self._kept[key]


def _bare(answer: Answer, ids: Ids) -> tuple[Any, ...]:
    words = sorted({str(value) for value in ids.values()}, key=len, reverse=True)
    body = re.sub(rb"\b(" + b"|".join(re.escape(word).encode() for word in words) + rb")\b", b"<sent>", answer.body)
    headers = {name: value for name, value in answer.headers.items() if name not in VOLATILE}
    return answer.status, sorted(headers.items()), body
