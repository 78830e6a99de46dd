"""A selection as SQL: columns are declared, values are bound, so that nothing a user wrote becomes SQL."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import asyncpg
import msgspec

from casework.core.selection import Condition, Order, Selection
from casework.store.database import Connection

OFFSET_MAX: Final = 10**12
"""No table has so many rows: a page that starts later is empty without asking."""


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """What a condition or an order may name.

    expression: SQL; `{now}` in it is the instant of the query. type: the database's name for the type of its values.
    words: the only values it can have, where they are few; they are written out, so that the planner can match them
    with partial indexes.
    """

    expression: str
    type: str
    is_nullable: bool = False
    words: frozenset[str] = frozenset()


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A collection that can be listed.

    select: the columns of a row. source: its tables and aliases. always: what holds of every row; it names the
    workspace as $1. tie: the columns that follow creation, and tell rows apart. key: the same, where it is one column
    of the first table: then pages are found by their keys first, in indexes alone where those hold what is asked.
    """

    columns: Mapping[str, Column]
    select: str
    source: str
    always: str
    tie: str
    key: str | None = None


class Parameters:
    """The values of a statement, numbered as they are bound."""

    def __init__(self, *first: Any, now: datetime) -> None:
        self.values: list[Any] = list(first)
        self._now = now
        self._now_at: str | None = None

    def bind(self, value: Any, kind: str) -> str:
        """Take a value in; the text that stands for it."""
        self.values.append(value)
        return f"${len(self.values)}::{kind}"

    def expand(self, expression: str) -> str:
        """The expression with the instant of the query bound, where it asks for that."""
        if "{now}" not in expression:
            return expression
        if self._now_at is None:
            self._now_at = self.bind(self._now, "timestamptz")
        return expression.replace("{now}", self._now_at)


async def fetch_page(
    connection: Connection, listing: Listing, selection: Selection, parameters: Parameters, *, extra: Iterable[str] = ()
) -> list[asyncpg.Record]:
    """The rows of the page; `extra` are clauses that hold beside those of the selection."""
    if selection.limit == 0 or selection.offset > OFFSET_MAX:
        return []
    clauses = _where(listing, selection, parameters, extra)
    terms = [_term(listing.columns[each.column], each, parameters) for each in selection.order]
    order = f"order by {', '.join([*terms, listing.tie])}"
    cut = f"limit {parameters.bind(selection.limit, 'bigint')} offset {parameters.bind(selection.offset, 'bigint')}"
    found = f"from {listing.source} where {clauses} {order} {cut}"
    if listing.key is not None:
        found = f"from {listing.source} where {listing.key} = any(array(select {listing.key} {found})) {order}"
    statement = f"select {parameters.expand(listing.select)} {found}"
    # A plan for these values alone, in a transaction: one for any values takes every role and person for a rare one.
    await connection.execute("select set_config('plan_cache_mode', 'force_custom_plan', true)")
    rows: list[asyncpg.Record] = await connection.fetch(statement, *parameters.values)
    return rows


async def fetch_these(
    connection: Connection, listing: Listing, clause: str, parameters: Parameters
) -> list[asyncpg.Record]:
    """The rows for which the clause holds, in order of creation: for clauses that name each row by its key."""
    found = f"from {listing.source} where {listing.always} and {clause} order by {listing.tie}"
    statement = f"select {parameters.expand(listing.select)} {found}"
    rows: list[asyncpg.Record] = await connection.fetch(statement, *parameters.values)
    return rows


async def fetch_count(
    connection: Connection, listing: Listing, selection: Selection, parameters: Parameters, *, extra: Iterable[str] = ()
) -> int:
    """How many rows satisfy the conditions, whatever the page."""
    clauses = _where(listing, selection, parameters, extra)
    found = f"from {listing.source} where {clauses}"
    count: int = await connection.fetchval(f"select count(*) {found}", *parameters.values)
    return count


def _where(listing: Listing, selection: Selection, parameters: Parameters, extra: Iterable[str]) -> str:
    conditions = (_clause(listing.columns[each.column], each, parameters) for each in selection.conditions)
    return " and ".join([listing.always, *extra, *conditions])


def _clause(column: Column, condition: Condition, parameters: Parameters) -> str:
    expression = parameters.expand(column.expression)
    match condition.test:
        case "any":
            return _any(expression, column, condition.values, parameters)
        case "shares":
            return f"{expression} && {parameters.bind(condition.values, column.type)}"
        case "at_least":
            compared = "{0} >= {1}"
        case "at_most":
            compared = "{0} <= {1}"
        case "mentions":
            compared = "strpos(lower({0}), lower({1})) > 0"
        case "same":
            compared = "({0} @> {1} and {0} <@ {1})"
        case "holds":
            return _holds(expression, column.type, condition.values, parameters)
    bound = [parameters.bind(value, column.type) for value in condition.values]
    return _either([compared.format(expression, value) for value in bound])


def _any(expression: str, column: Column, values: tuple[Any, ...], parameters: Parameters) -> str:
    present = [value for value in values if value is not None]
    clauses = []
    if len(present) == 1:  # equality lets an index give the order too
        clauses.append(f"{expression} = {_value(column, present[0], parameters)}")
    elif present and column.words:
        clauses.append(f"{expression} in ({', '.join(_value(column, word, parameters) for word in present)})")
    elif present:
        clauses.append(f"{expression} = any({parameters.bind(present, column.type + '[]')})")
    if len(present) < len(values):
        clauses.append(f"{expression} is null")
    return _either(clauses)


def _value(column: Column, value: Any, parameters: Parameters) -> str:
    if not column.words:
        return parameters.bind(value, column.type)
    (word,) = column.words & {value}
    return f"'{word}'"


def _holds(expression: str, kind: str, values: tuple[Any, ...], parameters: Parameters) -> str:
    return _either(
        [
            f"{expression} is null" if value is None else f"{expression} @> {parameters.bind(value, kind)}"
            for value in values
        ]
    )


def _either(clauses: list[str]) -> str:
    return f"({' or '.join(clauses)})" if clauses else "false"


def _term(column: Column, order: Order, parameters: Parameters) -> str:
    direction = "desc" if order.is_descending else "asc"
    last = " nulls last" if column.is_nullable else ""
    return f"{parameters.expand(column.expression)} {direction}{last}"
