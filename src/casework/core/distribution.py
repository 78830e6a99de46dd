"""Handing out: which of the people who could take a step now is given it. What follows is committed elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A step that is to be handed out. familiar: the account of who last worked on its case, where it is to be they."""

    workspace_id: int
    workflow_id: int
    run_id: int
    number: int
    revision: int
    distribute: str
    actor_roles: frozenset[str] = frozenset()
    allow_ids: frozenset[int] = frozenset()
    deny_ids: frozenset[int] = frozenset()
    lapsed_ids: frozenset[int] = frozenset()
    familiar: int | None = None


class Free(msgspec.Struct, frozen=True, kw_only=True):
    """A member who is available. held: steps that it has. room: how many more it may have; None is any number.

    workflow_ids: projects that it belongs to. handed_at: when it was last handed something.
    """

    workspace_id: int
    account_id: int
    member_id: int
    name: str
    actor_roles: frozenset[str] = frozenset()
    workflow_ids: frozenset[int] = frozenset()
    held: int = 0
    room: int | None = None
    handed_at: datetime | None = None


class _Hand:
    """A person while steps are handed out."""

    def __init__(self, free: Free, turn: int) -> None:
        self.free = free
        self.held = free.held
        self.given = 0
        self.turn = turn

    @property
    def has_room(self) -> bool:
        return self.free.room is None or self.given < self.free.room

    def give(self, turn: int) -> None:
        self.given += 1
        self.held += 1
        self.turn = turn

    def may(self, step: Waiting) -> bool:
        who = self.free
        return (
            not (step.actor_roles and not who.actor_roles & step.actor_roles)
            and not (step.allow_ids and who.account_id not in step.allow_ids)
            and who.account_id not in step.deny_ids
            and who.account_id not in step.lapsed_ids
        )


def hand_out(waiting: Sequence[Waiting], people: Sequence[Free]) -> list[tuple[Waiting, Free]]:
    """Who is given which step, in the order of `waiting`; a step for which nobody has room is passed over.

    round_robin: whoever was handed something longest ago. least_loaded: whoever has the fewest steps, in turn where
    several have. sticky: who last worked on the case, else as least_loaded.
    """
    in_turn = sorted(people, key=lambda one: (one.handed_at or _NEVER, one.account_id))
    members: dict[tuple[int, int], list[_Hand]] = {}
    for turn, free in enumerate(in_turn):
        hand = _Hand(free, turn)
        for workflow_id in free.workflow_ids:
            members.setdefault((free.workspace_id, workflow_id), []).append(hand)
    given: list[tuple[Waiting, Free]] = []
    for step in waiting:
        able = [
            hand for hand in members.get((step.workspace_id, step.workflow_id), ()) if hand.has_room and hand.may(step)
        ]
        if able:
            chosen = _choose(step, able)
            chosen.give(len(in_turn) + len(given))
            given.append((step, chosen.free))
    return given


def _choose(step: Waiting, able: Sequence[_Hand]) -> _Hand:
    if step.distribute == "round_robin":
        return min(able, key=lambda hand: hand.turn)
    familiar = [hand for hand in able if hand.free.account_id == step.familiar]
    return familiar[0] if familiar else min(able, key=lambda hand: (hand.held, hand.turn))
