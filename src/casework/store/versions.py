"""The published versions of a workflow: each a definition that never changes again."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import msgspec

from casework.core.definition import Definition
from casework.core.parse import document, parse
from casework.core.permission import Grant
from casework.store.database import Connection


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A definition on its way to be published: as its document, and the checksum that tells it from another.

    Whether a default is written or left out makes no difference. The order of a map's keys does: it is the order in
    which a form shows its fields.
    """

    definition: Definition
    document: dict[str, Any]
    checksum: bytes


class VersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A published version; member_id: who published it, where a member did."""

    number: int
    member_id: int | None
    member_name: str | None
    created_at: datetime


class Published(VersionRow, frozen=True, kw_only=True):
    """A version with its document."""

    document: dict[str, Any]


def draft(definition: Definition) -> Draft:
    """The definition with its document and its checksum."""
    whole = msgspec.json.encode(_whole(definition))
    return Draft(definition=definition, document=document(definition), checksum=sha256(whole).digest())


_INSERT: Final = """
insert into workflow_versions (workspace_id, workflow_id, number, definition, checksum, created_at, created_by)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def insert(
    connection: Connection, grant: Grant, workflow_id: int, number: int, new: Draft, *, at: datetime
) -> None:
    """Keep a version, published by the grant's principal; the caller holds the workflow's lock."""
    await connection.execute(
        _INSERT, grant.workspace_id, workflow_id, number, new.document, new.checksum, at, grant.principal.member_id
    )


_CHECKSUM: Final = """
select checksum from workflow_versions where workspace_id = $1 and workflow_id = $2 and number = $3
"""


async def checksum(connection: Connection, grant: Grant, workflow_id: int, number: int) -> bytes | None:
    """The checksum of a version's document; None where there is no such version."""
    found: bytes | None = await connection.fetchval(_CHECKSUM, grant.workspace_id, workflow_id, number)
    return found


# Versions are numbered from 1 without gaps, so that a page is a range of numbers and the newest number their count.
_PAGE: Final = """
select v.number, v.created_by as member_id, m.name as member_name, v.created_at
from workflow_versions v
left join members m on m.workspace_id = v.workspace_id and m.id = v.created_by
where v.workspace_id = $1 and v.workflow_id = $2 and v.number <= $3 and v.number > $4
order by v.number desc
"""


async def page(
    connection: Connection, grant: Grant, workflow_id: int, newest: int, *, limit: int, offset: int
) -> list[VersionRow]:
    """The versions of a workflow whose newest has that number, newest first."""
    last = max(newest - offset, 0)
    rows = await connection.fetch(_PAGE, grant.workspace_id, workflow_id, last, max(last - limit, 0))
    return [VersionRow(**row) for row in rows]


_FIND: Final = """
select v.number, v.created_by as member_id, m.name as member_name, v.created_at, v.definition as document
from workflow_versions v
left join members m on m.workspace_id = v.workspace_id and m.id = v.created_by
where v.workspace_id = $1 and v.workflow_id = $2 and v.number = $3
"""


async def find(connection: Connection, grant: Grant, workflow_id: int, number: int) -> Published | None:
    """A version of a workflow with its document; None where there is none of that number."""
    row = await connection.fetchrow(_FIND, grant.workspace_id, workflow_id, number)
    return None if row is None else Published(**row)


_DEFINITION: Final = """
select definition from workflow_versions where workspace_id = $1 and workflow_id = $2 and number = $3
"""


async def definition(connection: Connection, workspace_id: int, workflow_id: int, number: int) -> Definition | None:
    """A version's definition, parsed anew: keep it, for it never changes. None where there is none of that number."""
    row = await connection.fetchrow(_DEFINITION, workspace_id, workflow_id, number)
    return None if row is None else read(row["definition"])


def read(kept: Mapping[str, Any]) -> Definition:
    """The definition that a kept document stands for."""
    return parse(dict(kept), media="value")


def _whole(value: Any) -> Any:
    """The value with every default written out."""
    if isinstance(value, msgspec.Struct):
        return {name: _whole(field) for name, field in msgspec.structs.asdict(value).items()}
    return [_whole(item) for item in value] if isinstance(value, tuple) else value
