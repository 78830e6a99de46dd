"""Who may do what. A grant is the proof that somebody was asked; every query takes one.

Two axes (CONTRACT section 1): scopes of a workspace, `category:level` with read < write < admin, and levels on one
workflow, use < edit < admin. A route declares its policy; a route without one stops start-up.
"""

from typing import Final, Literal
from uuid import UUID

import msgspec

from casework.core.actor import Actor
from casework.core.errors import Denied

CATEGORIES: Final = (
    "workspace",
    "members",
    "workflows",
    "assignments",
    "activities",
    "chats",
    "analytics",
    "keys",
    "secrets",
    "webhooks",
    "events",
    "sensitive",
)
LEVELS: Final = ("read", "write", "admin")
SCOPES: Final = frozenset(f"{category}:{level}" for category in CATEGORIES for level in LEVELS)

WORKFLOW_LEVELS: Final = ("use", "edit", "admin")
WorkflowLevel = Literal["use", "edit", "admin"]

MANAGER: Final = "Manager"
USER: Final = "User"


def implied(scopes: frozenset[str]) -> frozenset[str]:
    """The scopes and every lower one that they imply."""
    found = set(scopes)
    for scope in scopes:
        category, _, level = scope.partition(":")
        found.update(f"{category}:{lower}" for lower in LEVELS[: LEVELS.index(level)])
    return frozenset(found)


def allows(held: str | None, needed: str) -> bool:
    """Whether a level held on a workflow is as high as the one that is needed."""
    return held is not None and WORKFLOW_LEVELS.index(held) >= WORKFLOW_LEVELS.index(needed)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What a route asks of its caller, as declared data.

    who: `anyone`; `account`: somebody signed in; `member`: a member (or key) of the workspace in question.
    scope: held outright, else 403. own_or: held for what is not the caller's own. workflow: the level needed on the
    workflow in question; where there is none, on any, or workflows:write. project: the caller must belong to the
    project, or hold the scope named.
    """

    who: Literal["anyone", "account", "member"] = "member"
    scope: str | None = None
    own_or: str | None = None
    workflow: WorkflowLevel | None = None
    project: str | None = None


ANYONE: Final = Policy(who="anyone")
ACCOUNT: Final = Policy(who="account")
MEMBER: Final = Policy()


def scope(name: str) -> Policy:
    """Members who hold that scope."""
    return Policy(scope=name)


def own_or(name: str) -> Policy:
    """Members, for what is their own; with that scope, for everybody's."""
    return Policy(own_or=name)


def workflow(level: WorkflowLevel) -> Policy:
    """Members who hold that level on the workflow."""
    return Policy(workflow=level)


def project(name: str) -> Policy:
    """Members of the project; with that scope, everywhere."""
    return Policy(project=name)


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, as their credential proves it.

    kind: the credential. account_*: the person, None for a key that acts as the workspace. workspace_id: the workspace
    in question, None where none was named and the account has none. scopes: with everything they imply.
    key_is_limited: the key was given scopes of its own, and does not have simply all of its member's.
    """

    kind: Literal["cookie", "bearer", "personal_key", "workspace_key"]
    account_id: int | None = None
    account_uuid: UUID | None = None
    email: str | None = None
    name: str = ""
    workspace_id: int | None = None
    workspace_uuid: UUID | None = None
    workspace_name: str = ""
    member_id: int | None = None
    role_id: int | None = None
    role: str | None = None
    scopes: frozenset[str] = frozenset()
    actor_roles: frozenset[str] = frozenset()
    is_supervisor: bool = False
    key_id: int | None = None
    key_uuid: UUID | None = None
    key_name: str | None = None
    key_is_limited: bool = False

    @property
    def subject(self) -> str:
        """A stable name of who this is, to keep one caller's idempotency keys apart from another's."""
        if self.kind == "workspace_key":
            return f"key:{self.key_id}"
        return f"account:{self.account_id}"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that a principal passed a route's policy in a workspace. Made by `grant` alone.

    is_for_model: a language model reads the answer, whoever asks; nothing sensitive is in it.
    """

    principal: Principal
    workspace_id: int
    policy: Policy
    is_for_model: bool = False

    def holds(self, name: str) -> bool:
        """Whether the caller holds that scope."""
        return name in self.principal.scopes

    def require(self, name: str) -> None:
        """Denied unless the caller holds that scope."""
        if name not in self.principal.scopes:
            message = f"This needs the scope {name}."
            raise Denied(message)

    def is_own(self, member_id: int | None) -> bool:
        """Whether that member is the caller."""
        return member_id is not None and member_id == self.principal.member_id

    def require_own_or(self, member_id: int | None, name: str) -> None:
        """Denied unless that member is the caller, or the caller holds the scope."""
        if not self.is_own(member_id):
            self.require(name)

    def actor(self, *, supervises: bool = False) -> Actor:
        """The caller as events name it."""
        who = self.principal
        if who.kind == "workspace_key":
            return Actor(kind="key", id=who.key_id, name=who.key_name, supervises=supervises)
        return Actor(
            kind="member",
            id=who.member_id,
            name=who.name or who.email,
            account_id=who.account_id,
            member_id=who.member_id,
            supervises=supervises,
        )


def grant(principal: Principal, policy: Policy) -> Grant:
    """The grant that a policy gives a member of a workspace.

    Raises:
        Denied: the principal is in no workspace, or lacks the scope that the policy asks outright.

    """
    if principal.workspace_id is None:
        message = "This needs a workspace that you are a member of."
        raise Denied(message)
    given = Grant(principal=principal, workspace_id=principal.workspace_id, policy=policy)
    if policy.scope is not None:
        given.require(policy.scope)
    return given
