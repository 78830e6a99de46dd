"""How a run stands, for whoever waits for its end."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from casework.core.definition import Json
from casework.core.permission import Grant
from casework.core.run import OPEN
from casework.store.database import Connection


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a run stands. waits_for_people: nothing in it moves without them."""

    id: int
    uuid: UUID
    state: str
    created_at: datetime
    output: Json
    error: Json
    waits_for_people: bool

    @property
    def is_open(self) -> bool:
        """Whether the run has not ended."""
        return self.state in OPEN


# What waits for others to come (a join), or for what is beneath it (a fan-out, a question to people), moves nothing by
# itself, and neither does what was left behind. An incident is people's to decide.
_READ: Final = """
select r.id, r.uuid, r.state, r.created_at, r.output, r.error,
       coalesce((select bool_and(s.kind = 'human' or s.incident is not null) from steps s
                 where s.workspace_id = r.workspace_id and s.run_id = r.id and s.ended_at is null
                   and s.state <> 'parked' and not s.is_left
                   and not exists (select from steps c
                                   where c.workspace_id = s.workspace_id and c.run_id = s.run_id
                                     and c.parent = s.number and c.ended_at is null)), false) as waits_for_people
from runs r
where r.workspace_id = $1 and r.id = $2
"""


async def read(connection: Connection, grant: Grant, run_id: int) -> Outcome | None:
    """How the run of that id stands; None where the workspace has none."""
    row = await connection.fetchrow(_READ, grant.workspace_id, run_id)
    return None if row is None else Outcome(**row)
