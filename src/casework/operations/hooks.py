"""Hooks: made, changed, listed and deleted by those who may edit their workflow."""

from collections.abc import Callable
from typing import Any, Final

from casework.core.claim import Claim
from casework.core.errors import NotFound
from casework.core.permission import Grant
from casework.entropy import new_uuid
from casework.operations import hook_secrets, once
from casework.operations.drafts import require_author
from casework.operations.hook_input import check
from casework.operations.hook_secrets import Owner
from casework.operations.services import Services
from casework.operations.triggers import require_edit
from casework.operations.workflows import refuse_other, usable
from casework.store import audit, hooks
from casework.store.database import Connection
from casework.store.hooks import Hook, HookCall, HookKind, HookPlan, NewHook

__all__ = [
    "Hook",
    "HookCall",
    "HookKind",
    "HookPlan",
    "HookWish",
    "calls",
    "change",
    "create",
    "delete",
    "page",
    "read",
    "rotate_secret",
]

_ABSENT: Final = "There is no such hook here."

Seal = Callable[[str], str]
"""Makes a text unreadable for all but who asked: what stands for an answer is kept."""


async def page(services: Services, grant: Grant, *, limit: int, offset: int) -> tuple[list[Hook], int]:
    """A page of the hooks of workflows that the caller may edit, and how many there are.

    Raises:
        Denied: there is no workflow that it may edit.

    """
    async with services.database.read() as connection:
        await require_author(connection, grant)
        return await hooks.page(connection, grant, limit=limit, offset=offset)


async def read(services: Services, grant: Grant, hook_id: int) -> Hook:
    """The hook with that id.

    Raises:
        NotFound: there is none.
        Denied: without edit on its workflow.

    """
    async with services.database.read() as connection:
        return await _seen(connection, grant, hook_id)


async def calls(
    services: Services, grant: Grant, hook_id: int, *, limit: int, offset: int
) -> tuple[list[HookCall], int]:
    """A page of the last calls of a hook, newest first, and how many are remembered; errors as `read`."""
    async with services.database.read() as connection:
        await _seen(connection, grant, hook_id)
        found = await hooks.calls(connection, grant, hook_id, limit=limit, offset=offset)
        return found, await hooks.calls_count(connection, grant, hook_id)


class HookWish(HookPlan, frozen=True, kw_only=True):
    """The hook that somebody wants; its workflow and its kind stay as they are."""

    workflow_id: int
    kind: HookKind


async def create(
    services: Services, grant: Grant, wish: HookWish, *, claim: Claim | None, seal: Seal
) -> dict[str, Any]:
    """Make a hook; gives its id, and its secret sealed.

    Raises:
        NotFound: there is no such workflow, or it is archived.
        Denied: without edit on it.
        Invalid: with every expression that cannot be compiled.

    """
    check(wish.input, wish.external_id, wish.headers)
    now = services.clock.now()
    secret = hook_secrets.new(wish.kind)
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await usable(connection, grant, wish.workflow_id, "edit")
        owner = Owner(workspace_id=grant.workspace_id, uuid=new_uuid(now), kind=wish.kind)
        new = NewHook(
            uuid=owner.uuid,
            workflow_id=wish.workflow_id,
            kind=wish.kind,
            secret=await hook_secrets.kept(services, connection, owner, secret, at=now),
            plan=wish,
        )
        hook_id = await hooks.insert(connection, grant, new, at=now)
        fact = {"hook_id": hook_id, "workflow_id": wish.workflow_id, "name": wish.name, "kind": wish.kind}
        await audit.record(connection, grant.workspace_id, grant.actor(), "hook.created", [fact], now)
        reference = {"hook_id": hook_id, "secret": seal(secret)}
        await once.finish(connection, claim, reference)
    return reference


async def change(
    services: Services,
    grant: Grant,
    hook_id: int,
    fields: dict[str, Any],
    *,
    expected_revision: int | None,
    claim: Claim | None,
) -> int:
    """Change those fields of a hook's plan; gives its id.

    Raises:
        NotFound, Denied: as `read`.
        Invalid: as `create`.
        PreconditionFailed: it has another revision than is expected.

    """
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await hooks.lock(connection, grant, hook_id)
        found = await _seen(connection, grant, hook_id)
        refuse_other(found.revision, expected_revision)
        plan = HookPlan(**{name: getattr(found, name) for name in HookPlan.__struct_fields__} | fields)
        check(plan.input, plan.external_id, plan.headers)
        await hooks.update(connection, grant, hook_id, plan, at=now)
        fact = {"hook_id": hook_id, "workflow_id": found.workflow_id, "fields": sorted(fields)}
        await audit.record(connection, grant.workspace_id, grant.actor(), "hook.changed", [fact], now)
        await once.finish(connection, claim, hook_id)
    return hook_id


async def rotate_secret(
    services: Services, grant: Grant, hook_id: int, *, claim: Claim | None, seal: Seal
) -> dict[str, Any]:
    """Give a hook another secret, and end the one it has; gives its id, and the secret sealed. Errors as `read`."""
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await hooks.lock(connection, grant, hook_id)
        found = await _seen(connection, grant, hook_id)
        secret = hook_secrets.new(found.kind)
        owner = Owner(workspace_id=found.workspace_id, uuid=found.uuid, kind=found.kind)
        sealed = await hook_secrets.kept(services, connection, owner, secret, at=now)
        await hooks.replace_secret(connection, grant, hook_id, sealed, at=now)
        fact = {"hook_id": hook_id, "workflow_id": found.workflow_id}
        await audit.record(connection, grant.workspace_id, grant.actor(), "hook.secret_rotated", [fact], now)
        reference = {"hook_id": hook_id, "secret": seal(secret)}
        await once.finish(connection, claim, reference)
    return reference


async def delete(services: Services, grant: Grant, hook_id: int, *, expected_revision: int | None) -> None:
    """Delete a hook; its runs go on. Errors as `change`."""
    now = services.clock.now()
    async with services.database.write() as connection:
        await hooks.lock(connection, grant, hook_id)
        found = await _seen(connection, grant, hook_id)
        refuse_other(found.revision, expected_revision)
        await hooks.delete(connection, grant, hook_id)
        fact = {"hook_id": hook_id, "workflow_id": found.workflow_id, "name": found.name}
        await audit.record(connection, grant.workspace_id, grant.actor(), "hook.deleted", [fact], now)


async def _seen(connection: Connection, grant: Grant, hook_id: int) -> Hook:
    found = await hooks.find(connection, grant, hook_id)
    if found is None:
        raise NotFound(_ABSENT)
    await require_edit(connection, grant, found.workflow_id)
    return found
