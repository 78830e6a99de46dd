"""What is to be written, and how it is written in one statement: a commit that changes six tables makes one round trip.

The statements become one, with all but the last as its `with` clauses. They see the tables as they were before all of
them, in no particular order: what must come after something else is carried out after it, apart.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

from casework.store.database import Connection

KINDS_MAX: Final = 64
"""Combinations whose statement is kept: a server sees a score of them; asyncpg keeps 100 prepared a connection."""

_PARAMETER: Final = re.compile(r"\$(\d+)")


class Write(msgspec.Struct, frozen=True):
    """A statement that changes rows and whose result nobody needs, with what it is given."""

    query: str
    arguments: tuple[Any, ...]


async def carry_out(connection: Connection, writes: Sequence[Write]) -> None:
    """Write all of it in one statement. No two of them may change the same row."""
    if writes:
        query = _joined(tuple((write.query, len(write.arguments)) for write in writes))
        await connection.execute(query, *(argument for write in writes for argument in write.arguments))


@lru_cache(maxsize=KINDS_MAX)
def _joined(parts: tuple[tuple[str, int], ...]) -> str:
    """One statement of several, each with its number of parameters; these are counted on from one to the next."""
    numbered: list[str] = []
    before = 0
    for query, count in parts:
        numbered.append(_shifted(query, before))
        before += count
    *first, last = numbered
    clauses = ",\n".join(f"write_{number} as ({query})" for number, query in enumerate(first, 1))
    return f"with {clauses}\n{last}" if first else last


def _shifted(query: str, by: int) -> str:
    return _PARAMETER.sub(lambda found: f"${int(found[1]) + by}", query)


def columns(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    """The columns of rows, of which there is one at least: what `unnest` is given."""
    return tuple(list(column) for column in zip(*rows, strict=True))
