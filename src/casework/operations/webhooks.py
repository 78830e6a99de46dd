"""Webhooks: where a workspace has its facts told, and with which secret the messages are signed."""

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.claim import Claim
from casework.core.errors import Invalid, LimitExceeded, NotFound, PreconditionFailed, Problem
from casework.core.event import RUN_EVENTS
from casework.core.permission import Grant
from casework.egress.errors import EgressError
from casework.entropy import new_bytes, new_uuid
from casework.operations import once, vault
from casework.operations.services import Services
from casework.store import audit, webhooks, workflows, workspaces
from casework.store.database import Connection
from casework.store.webhooks import NewWebhook, Webhook

__all__ = ["EVERYTHING", "Webhook", "WebhookWish", "change", "create", "page", "place", "read", "remove", "rotate"]

WEBHOOKS_MAX: Final = 50
"""In a workspace: every fact is held against each of them."""

EVERYTHING: Final = "*"

SECRET_BYTES: Final = 32
"""As many as the hash that is made with it."""
PREFIX: Final = "whsec_"
"""By which scanners of sources know a secret of Standard Webhooks."""

BEFORE_KEPT_FOR: Final = timedelta(hours=24)
"""How long messages are signed with the secret before as well, so that whoever verifies can change it in time."""

_TYPE: Final = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*\Z")
_OF_RUNS: Final = ("run.", "step.")


class WebhookWish(msgspec.Struct, frozen=True, kw_only=True):
    """The webhook that somebody wants, or what is to be changed of one: None leaves a field as it is.

    workflow_id: UNSET leaves it, None is for every workflow.
    """

    url: str | None = None
    events: Sequence[str] | None = None
    name: str | None = None
    workflow_id: int | msgspec.UnsetType | None = msgspec.UNSET
    disabled: bool | None = None


async def page(services: Services, grant: Grant, *, limit: int, offset: int) -> tuple[list[Webhook], int]:
    """A page of the workspace's webhooks, oldest first, and how many there are."""
    async with services.database.snapshot() as connection:
        return await webhooks.page(connection, grant, limit=limit, offset=offset)


async def read(services: Services, grant: Grant, webhook_id: int) -> Webhook:
    """A webhook, without its secret."""
    async with services.database.read() as connection:
        return existing(await webhooks.find(connection, grant, webhook_id))


async def create(
    services: Services, grant: Grant, wish: WebhookWish, *, claim: Claim | None, seal: Callable[[str], str]
) -> dict[str, Any]:
    """Make a webhook; gives the claim's reference: its id, and its secret sealed with `seal`.

    Raises:
        Invalid: the address cannot be called, a type of fact is none, or there is no such workflow.
        Conflict: the server has no key to keep the secret with.
        LimitExceeded: the workspace has as many as it may.

    """
    _check(services, wish)
    now, secret = services.clock.now(), _new_secret()
    uuid = new_uuid(now)
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        await workspaces.lock(connection, grant.workspace_id)
        workflow_id = await _workflow(connection, grant, wish)
        if await webhooks.count(connection, grant) >= WEBHOOKS_MAX:
            raise LimitExceeded(f"A workspace has at most {WEBHOOKS_MAX} webhooks.")
        key = await vault.sealing_key(connection, services.keyring, grant.workspace_id, at=now)
        new = NewWebhook(
            uuid=uuid,
            name=wish.name or "",
            url=wish.url or "",
            events=_unique(wish.events or [EVERYTHING]),
            workflow_id=workflow_id,
            sealed=key.seal(secret, *place(uuid)),
            created_by=grant.principal.member_id,
        )
        webhook_id = await webhooks.insert(connection, grant.workspace_id, new, at=now)
        await _record(connection, grant, "webhook.created", webhook_id, new.name, now)
        reference = {"id": webhook_id, "secret": seal(secret)}
        await once.finish(connection, claim, reference)
    return reference


async def change(
    services: Services,
    grant: Grant,
    webhook_id: int,
    wish: WebhookWish,
    *,
    expected_revision: int | None,
    claim: Claim | None,
) -> int:
    """Change what is given of a webhook; gives its id. One that is enabled again is told what comes from then on.

    Raises:
        Invalid: as `create`.
        PreconditionFailed: it is at another revision than expected.

    """
    _check(services, wish)
    now = services.clock.now()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        webhook = existing(await webhooks.lock(connection, grant, webhook_id))
        if expected_revision is not None and webhook.revision != expected_revision:
            raise PreconditionFailed("The webhook changed meanwhile; read it again.")
        wanted = msgspec.structs.replace(
            webhook,
            url=webhook.url if wish.url is None else wish.url,
            events=webhook.events if wish.events is None else _unique(wish.events),
            name=webhook.name if wish.name is None else wish.name,
            workflow_id=await _workflow(connection, grant, wish, webhook.workflow_id),
        )
        is_disabled = webhook.disabled_at is not None if wish.disabled is None else wish.disabled
        await webhooks.update(connection, grant, wanted, is_disabled=is_disabled, at=now)
        await _record(connection, grant, "webhook.changed", webhook_id, wanted.name, now)
        await once.finish(connection, claim, webhook_id)
    return webhook_id


async def remove(services: Services, grant: Grant, webhook_id: int) -> None:
    """Tell a webhook nothing more; what waits for it is not sent."""
    now = services.clock.now()
    async with services.database.write() as connection:
        webhook = existing(await webhooks.lock(connection, grant, webhook_id))
        await webhooks.remove(connection, grant, webhook_id, at=now)
        await _record(connection, grant, "webhook.removed", webhook_id, webhook.name, now)


async def rotate(
    services: Services, grant: Grant, webhook_id: int, *, claim: Claim | None, seal: Callable[[str], str]
) -> dict[str, Any]:
    """Give a webhook a new secret; for a day messages are signed with the one before as well. As `create` otherwise."""
    now, secret = services.clock.now(), _new_secret()
    async with services.database.write() as connection:
        await once.begin(connection, claim, now)
        webhook = existing(await webhooks.lock(connection, grant, webhook_id))
        key = await vault.sealing_key(connection, services.keyring, grant.workspace_id, at=now)
        sealed = key.seal(secret, *place(webhook.uuid))
        ends_at = now + BEFORE_KEPT_FOR
        await webhooks.rotate(connection, grant, webhook_id, sealed, before_ends_at=ends_at, at=now)
        await _record(connection, grant, "webhook.rotated", webhook_id, webhook.name, now)
        reference = {"id": webhook_id, "secret": seal(secret)}
        await once.finish(connection, claim, reference)
    return reference


def place(uuid: UUID) -> tuple[str, str]:
    """What a webhook's secret is bound to, beside its workspace."""
    return ("webhook", str(uuid))


def existing(webhook: Webhook | None) -> Webhook:
    """The webhook, NotFound where there is none."""
    if webhook is None:
        raise NotFound("There is no such webhook here.")
    return webhook


def _check(services: Services, wish: WebhookWish) -> None:
    """Invalid where the address cannot be called, or nothing is ever recorded under one of the types."""
    problems = []
    if wish.url is not None:
        try:
            services.caller.check(wish.url)
        except EgressError as error:
            problems.append(Problem(path="/url", message=error.message))
    problems += [
        Problem(path=f"/events/{index}", message=f"{type_} is no type of fact, nor *.")
        for index, type_ in enumerate(wish.events or ())
        if not _is_type(type_)
    ]
    if problems:
        raise Invalid(" ".join(f"{one.path[1:]}: {one.message}" for one in problems), tuple(problems))


def _is_type(text: str) -> bool:
    if text.startswith(_OF_RUNS):
        return text in RUN_EVENTS
    return text == EVERYTHING or _TYPE.match(text) is not None


async def _workflow(connection: Connection, grant: Grant, wish: WebhookWish, before: int | None = None) -> int | None:
    """The workflow that it is to be told of, None for all."""
    if isinstance(wish.workflow_id, msgspec.UnsetType):
        return before
    if wish.workflow_id is not None and await workflows.find(connection, grant, wish.workflow_id) is None:
        problem = Problem(path="/workflowId", message="there is no such workflow here.")
        raise Invalid(f"workflowId: {problem.message}", (problem,))
    return wish.workflow_id


def _unique(types: Sequence[str]) -> tuple[str, ...]:
    return (EVERYTHING,) if EVERYTHING in types else tuple(dict.fromkeys(types))


def _new_secret() -> str:
    return PREFIX + b64encode(new_bytes(SECRET_BYTES)).decode("ascii")


async def _record(connection: Connection, grant: Grant, type_: str, webhook_id: int, name: str, at: datetime) -> None:
    """A fact about a webhook; its address is left out, for many an address is a secret."""
    facts = {"webhook_id": webhook_id, "name": name}
    await audit.record(connection, grant.workspace_id, grant.actor(), type_, [facts], at)
