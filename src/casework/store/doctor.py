"""The consistency of a whole database: every rule, and what breaks it."""

from typing import Any, Final

from casework.store import count_checks, run_checks, time_checks, trigger_checks, work_checks
from casework.store.check import Check
from casework.store.database import Connection

CHECKS: Final[tuple[Check, ...]] = (
    *run_checks.CHECKS,
    *time_checks.CHECKS,
    *count_checks.CHECKS,
    *trigger_checks.CHECKS,
    *work_checks.CHECKS,
)
"""Every rule, in the order in which they are told."""

CHECK_SECONDS_MAX: Final = 900
"""For one rule: a large database takes minutes to be read, and nobody waits for it but whoever asked."""


async def breaches(connection: Connection, check: Check, *, limit: int) -> list[dict[str, Any]]:
    """What breaks the rule, with ids; at most `limit` rows."""
    rows = await connection.fetch(check.breaches, limit, timeout=CHECK_SECONDS_MAX)
    return [dict(row) for row in rows]
