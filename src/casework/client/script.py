"""What a replay does: cases with their steps in order, and who does them, by the names that a log has for them."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Move = Literal["create", "begin", "pause", "resume", "complete"]
"""What is asked of the server; `begin` gives the activity to its person, who starts at once."""


class ScriptedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step: its task's key, its person, and the moves that take it to where the log left it.

    next: the key of the task that the case went on with, or `end`.
    """

    task: str
    person: str
    moves: tuple[Move, ...]
    next: str

    @property
    def is_completed(self) -> bool:
        """Whether it is done, or was left open with the case."""
        return self.moves[-1] == "complete"


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A case of the log: its place there, counted from 1, and its steps in order."""

    number: int
    title: str
    steps: tuple[ScriptedStep, ...]

    @property
    def is_completed(self) -> bool:
        """Whether the case ended; one whose last step the log leaves open is left so."""
        return self.steps[-1].is_completed


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A person of the log as a member to be; `name` is how scripts call it."""

    name: str
    shown_name: str
    external_id: str
    email: str
    spare_email: str
    actor_roles: tuple[str, ...]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A member that plays a person."""

    account_id: int
    member_id: int


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """Where the replay takes place: the published workflow with its tasks' ids by key, and who plays whom."""

    workflow_id: int
    version: int
    tasks: Mapping[str, int]
    actors: Mapping[str, Actor]


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """A move that the server said it had made; `step` counts from 0, and is 0 for the making of the case."""

    case: int
    step: int
    move: Move
    run_id: int
    activity: str
