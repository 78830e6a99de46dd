"""What of a collection is asked for: conditions that all hold, an order, and a page, as values."""

from typing import Any, Literal

import msgspec

Test = Literal["any", "at_least", "at_most", "same", "shares", "holds", "mentions"]
"""How a column is compared.

any: equal to one of the values, None among them meaning that there is no value. at_least, at_most: bounds, inclusive.
same: an array of the same elements as one of the values, in whatever order. shares: an array with at least one of the
values. holds: a JSON value that contains one of the values. mentions: a text that contains one of the values, in upper
or lower case.
"""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold of one column; no values at all hold of nothing."""

    column: str
    test: Test = "any"
    values: tuple[Any, ...]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A column to sort by; what has no value in it comes last either way."""

    column: str
    is_descending: bool = False


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a collection: the `limit` things after the first `offset` that satisfy every condition.

    Ties, and a selection without an order, go by creation, the oldest first.
    """

    limit: int
    offset: int = 0
    conditions: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
