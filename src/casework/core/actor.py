"""Who does something."""

from typing import Literal

import msgspec

ActorKind = Literal["member", "key", "agent", "system"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A member, a key that acts as the workspace, an agent, or the system itself; as events name it.

    id: the member's or the key's. account_id: the person's, None where no person acts.
    supervises: may act on what is assigned to others (a supervisor of the project, or activities:write).
    """

    kind: ActorKind
    id: int | None = None
    name: str | None = None
    account_id: int | None = None
    member_id: int | None = None
    supervises: bool = False


SYSTEM = Actor(kind="system", name="casework")


class Assignee(msgspec.Struct, frozen=True, kw_only=True):
    """A person who might take a step: a member of the project and the roles it can act in.

    room: how many more steps it may have, None being any number; looked at where an assignment is bounded.
    """

    account_id: int
    member_id: int
    name: str
    actor_roles: frozenset[str]
    in_project: bool
    room: int | None = None
    is_available: bool = True
