"""Webhooks: where a workspace's facts are told, and what their messages are signed with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from casework.core.permission import Grant
from casework.store.database import Connection


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook. failing_since: the first failure after the last success. disabled_reason: asked, failing or gone."""

    id: int
    uuid: UUID
    name: str
    url: str
    events: tuple[str, ...]
    workflow_id: int | None
    revision: int
    created_at: datetime
    updated_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_reason: str | None


class NewWebhook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook to be made; sealed: what its messages are signed with."""

    uuid: UUID
    name: str
    url: str
    events: Sequence[str]
    workflow_id: int | None
    sealed: bytes
    created_by: int | None


_SELECT: Final = """
select id, uuid, name, url, events, workflow_id, revision, created_at, updated_at, failing_since, disabled_at,
       disabled_reason
from webhooks where workspace_id = $1 and removed_at is null
"""

_INSERT: Final = """
insert into webhooks (workspace_id, uuid, name, url, events, workflow_id, sealed, created_by, created_at, updated_at,
                      after_event, after_xact)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9,
        (select last_value from events_id_seq), pg_snapshot_xmin(pg_current_snapshot()))
returning id
"""

# What was recorded while it was disabled is not told later: reading begins anew.
_UPDATE: Final = """
update webhooks set
    name = $3, url = $4, events = $5, workflow_id = $6, revision = revision + 1, updated_at = $7,
    disabled_at = case when $8::boolean then coalesce(disabled_at, $7) end,
    disabled_reason = case when $8 then coalesce(disabled_reason, 'asked') end,
    failing_since = case when disabled_at is null then failing_since end,
    after_event = case when disabled_at is null then after_event else (select last_value from events_id_seq) end,
    after_xact = case when disabled_at is null then after_xact else pg_snapshot_xmin(pg_current_snapshot()) end
where workspace_id = $1 and id = $2
"""

_ROTATE: Final = """
update webhooks set sealed_before = sealed, before_ends_at = $4, sealed = $3, revision = revision + 1, updated_at = $5
where workspace_id = $1 and id = $2
"""

_REMOVE: Final = """
update webhooks set removed_at = $3, sealed = '', sealed_before = null where workspace_id = $1 and id = $2
"""

_DISABLE_FAILING: Final = """
update webhooks set disabled_at = $3, disabled_reason = 'failing', revision = revision + 1, updated_at = $3
where workspace_id = $1 and id = $2 and disabled_at is null and removed_at is null and failing_since <= $4
returning name
"""

_DISABLE_GONE: Final = """
update webhooks set disabled_at = $3, disabled_reason = 'gone', revision = revision + 1, updated_at = $3
where workspace_id = $1 and id = $2 and disabled_at is null and removed_at is null
returning name
"""


async def page(connection: Connection, grant: Grant, *, limit: int, offset: int) -> tuple[list[Webhook], int]:
    """A page of the workspace's webhooks, oldest first, and how many there are."""
    rows = await connection.fetch(f"{_SELECT} order by id limit $2 offset $3", grant.workspace_id, limit, offset)
    return [_webhook(row) for row in rows], await count(connection, grant)


async def count(connection: Connection, grant: Grant) -> int:
    """How many webhooks the workspace has."""
    total: int = await connection.fetchval(
        "select count(*) from webhooks where workspace_id = $1 and removed_at is null", grant.workspace_id
    )
    return total


async def find(connection: Connection, grant: Grant, webhook_id: int) -> Webhook | None:
    """The webhook with that id."""
    row = await connection.fetchrow(f"{_SELECT} and id = $2", grant.workspace_id, webhook_id)
    return None if row is None else _webhook(row)


async def lock(connection: Connection, grant: Grant, webhook_id: int) -> Webhook | None:
    """The webhook with that id, which nobody else changes until the transaction ends."""
    row = await connection.fetchrow(f"{_SELECT} and id = $2 for no key update", grant.workspace_id, webhook_id)
    return None if row is None else _webhook(row)


async def insert(connection: Connection, workspace_id: int, new: NewWebhook, *, at: datetime) -> int:
    """Make a webhook, which is told what is recorded from now on; gives its id."""
    webhook_id: int = await connection.fetchval(
        _INSERT,
        workspace_id,
        new.uuid,
        new.name,
        new.url,
        list(new.events),
        new.workflow_id,
        new.sealed,
        new.created_by,
        at,
    )
    return webhook_id


async def update(connection: Connection, grant: Grant, webhook: Webhook, *, is_disabled: bool, at: datetime) -> None:
    """Write what may be changed of a webhook; one that is enabled again is told what is recorded from then on."""
    await connection.execute(
        _UPDATE,
        grant.workspace_id,
        webhook.id,
        webhook.name,
        webhook.url,
        list(webhook.events),
        webhook.workflow_id,
        at,
        is_disabled,
    )


async def rotate(
    connection: Connection, grant: Grant, webhook_id: int, sealed: bytes, *, before_ends_at: datetime, at: datetime
) -> None:
    """Sign with another secret; until `before_ends_at` with the one before as well."""
    await connection.execute(_ROTATE, grant.workspace_id, webhook_id, sealed, before_ends_at, at)


async def remove(connection: Connection, grant: Grant, webhook_id: int, *, at: datetime) -> None:
    """Tell it nothing more, and forget its secret."""
    await connection.execute(_REMOVE, grant.workspace_id, webhook_id, at)


async def note_success(connection: Connection, workspace_id: int, webhook_id: int) -> None:
    """It works (again)."""
    await connection.execute(
        "update webhooks set failing_since = null where workspace_id = $1 and id = $2 and failing_since is not null",
        workspace_id,
        webhook_id,
    )


async def note_failure(connection: Connection, workspace_id: int, webhook_id: int, *, at: datetime) -> None:
    """It does not work now; remembered is since when."""
    await connection.execute(
        "update webhooks set failing_since = $3 where workspace_id = $1 and id = $2 and failing_since is null",
        workspace_id,
        webhook_id,
        at,
    )


async def disable_failing(
    connection: Connection, workspace_id: int, webhook_id: int, *, since: datetime, at: datetime
) -> str | None:
    """Tell it nothing more where nothing has worked since then; gives its name where that was decided now."""
    name: str | None = await connection.fetchval(_DISABLE_FAILING, workspace_id, webhook_id, at, since)
    return name


async def disable_gone(connection: Connection, workspace_id: int, webhook_id: int, *, at: datetime) -> str | None:
    """Tell it nothing more, as it asked itself; gives its name where that was decided now."""
    name: str | None = await connection.fetchval(_DISABLE_GONE, workspace_id, webhook_id, at)
    return name


def _webhook(row: Any) -> Webhook:
    return Webhook(**{**dict(row), "events": tuple(row["events"])})
