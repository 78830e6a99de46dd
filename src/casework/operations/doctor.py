"""The examination of a whole database, of one instant, without changing anything in it."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import msgspec

from casework.store import doctor, schema
from casework.store.database import Database

BREACHES_MAX: Final = 20
"""Rows told of one rule: enough to see what they have in common."""

SCHEMA: Final = "schema"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule, and the first of what breaks it: nothing, where it is kept. is_cut: there is more."""

    check: str
    promise: str
    breaches: list[dict[str, Any]]
    is_cut: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether the rule is kept."""
        return not self.breaches


async def examine(url: str) -> AsyncGenerator[Finding, None]:
    """Every rule in turn. Where the schema is not the newest that is the only one: the others are written for it."""
    is_current = await schema.is_current(url)
    breaches = [] if is_current else [{"schema": "not the newest; run casework migrate"}]
    yield Finding(check=SCHEMA, promise="The database has the newest schema.", breaches=breaches)
    if not is_current:
        return
    database = await Database.open(url, size=1)
    try:
        async with database.snapshot() as connection:
            for check in doctor.CHECKS:
                found = await doctor.breaches(connection, check, limit=BREACHES_MAX + 1)
                yield Finding(
                    check=check.name,
                    promise=check.promise,
                    breaches=found[:BREACHES_MAX],
                    is_cut=len(found) > BREACHES_MAX,
                )
    finally:
        await database.close()
