"""From a credential to who calls: one query a request, for cookies, bearers and keys alike."""

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID

import asyncpg
import msgspec

from casework.core.permission import Principal, implied
from casework.store.database import Connection


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: the secret's hash, how it was sent, and the workspace that the request names.

    idle_since: a cookie's session that was not used since then has ended.
    """

    secret_hash: bytes
    via: Literal["cookie", "bearer"]
    at: datetime
    idle_since: datetime
    by_path: UUID | None
    by_header: UUID | None


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls, and what is known of the credential itself.

    seen_at: when its use was last noted. is_elsewhere: the workspace is another one than the account used last.
    """

    principal: Principal
    session_id: int | None
    seen_at: datetime | None
    is_elsewhere: bool


# A key acts in its own workspace alone, and as its member where it has one. A session acts in the workspace that the
# request names, where its account is a member there; else in the one it used last; else in its first.
_IDENTIFY: Final = """
with credential as (
    select s.id as session_id, s.account_id, s.key_id, s.seen_at, s.kind
    from sessions s
    where s.token_hash = $1 and s.kind = $2 and s.revoked_at is null and s.expires_at > $3
      and (s.kind = 'bearer' or s.seen_at > $4)
    union all
    select null, null, k.id, k.used_at, 'key'
    from api_keys k
    where k.secret_hash = $1 and $2 = 'bearer'
)
select c.session_id, c.seen_at, c.kind,
       k.id as key_id, k.uuid as key_uuid, k.name as key_name, k.member_id as key_member_id, k.scopes as key_scopes,
       a.id as account_id, a.uuid as account_uuid, a.email, a.name as account_name, a.last_workspace_id,
       w.id as workspace_id, w.uuid as workspace_uuid, w.name as workspace_name,
       m.id as member_id, m.name as member_name, m.actor_roles, m.is_supervisor,
       r.id as role_id, r.name as role, r.scopes as role_scopes
from credential c
left join api_keys k on k.id = c.key_id
left join members owner on owner.workspace_id = k.workspace_id and owner.id = k.member_id
left join accounts a on a.id = coalesce(c.account_id, owner.account_id)
left join lateral (
    select found.*
    from members found
    join workspaces named on named.id = found.workspace_id
    where found.account_id = a.id and found.removed_at is null
      and case when k.id is not null then found.id = k.member_id
               else named.uuid = coalesce($5, $6, named.uuid) end
    order by found.workspace_id = a.last_workspace_id desc nulls last, found.id
    limit 1
) m on true
left join workspaces w
    on w.id = coalesce(k.workspace_id, m.workspace_id) and (k.id is null or w.uuid = coalesce($5, w.uuid))
left join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id
where (k.id is null or (k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)))
  and (a.id is null or a.disabled_at is null)
  and (k.member_id is null or m.id is not null)
"""


async def identify(connection: Connection, credential: Credential) -> Identity | None:
    """Who that credential proves, or None: unknown, expired, revoked, its member removed or its account disabled."""
    row = await connection.fetchrow(
        _IDENTIFY,
        credential.secret_hash,
        credential.via,
        credential.at,
        credential.idle_since,
        credential.by_path,
        credential.by_header,
    )
    if row is None:
        return None
    is_session = row["key_id"] is None
    return Identity(
        principal=Principal(
            kind=_kind(row),
            account_id=row["account_id"],
            account_uuid=row["account_uuid"],
            email=row["email"],
            name=row["member_name"] or row["account_name"] or row["key_name"],
            workspace_id=row["workspace_id"],
            workspace_uuid=row["workspace_uuid"],
            workspace_name=row["workspace_name"] or "",
            member_id=row["member_id"],
            role_id=row["role_id"],
            role=row["role"],
            scopes=_scopes(row),
            actor_roles=frozenset(row["actor_roles"] or ()),
            is_supervisor=bool(row["is_supervisor"]),
            key_id=row["key_id"],
            key_uuid=row["key_uuid"],
            key_name=row["key_name"],
            key_is_limited=row["key_scopes"] is not None,
        ),
        session_id=row["session_id"],
        seen_at=row["seen_at"],
        is_elsewhere=is_session and row["workspace_id"] not in (None, row["last_workspace_id"]),
    )


async def note_use(connection: Connection, identity: Identity, at: datetime) -> None:
    """Remember that the credential was used, and where its account works now."""
    who = identity.principal
    if identity.session_id is not None:
        await connection.execute("update sessions set seen_at = $2 where id = $1", identity.session_id, at)
    if who.key_id is not None:
        await connection.execute("update api_keys set used_at = $2 where id = $1", who.key_id, at)
    elif identity.is_elsewhere:
        await connection.execute(
            "update accounts set last_workspace_id = $2 where id = $1", who.account_id, who.workspace_id
        )


def hash_of(secret: str) -> bytes:
    """Under which hash a token or a key is kept: 256 random bits need no slow one."""
    return sha256(secret.encode()).digest()


def _kind(row: asyncpg.Record) -> Literal["cookie", "bearer", "personal_key", "workspace_key"]:
    if row["key_id"] is not None:
        return "workspace_key" if row["key_member_id"] is None else "personal_key"
    return "cookie" if row["kind"] == "cookie" else "bearer"


def _scopes(row: asyncpg.Record) -> frozenset[str]:
    """What the role gives; of that, what the key gives; a key that acts as the workspace has its own alone."""
    role, key = tuple(row["role_scopes"] or ()), tuple(row["key_scopes"] or ())
    if row["key_id"] is not None and row["key_member_id"] is None:
        return _with_implied(key)
    held = _with_implied(role)
    return held if row["key_scopes"] is None else held & _with_implied(key)


@lru_cache(maxsize=1024)
def _with_implied(scopes: tuple[str, ...]) -> frozenset[str]:
    """Worked out once a role, not once a request."""
    return implied(frozenset(scopes))
