"""One rule that the whole database must keep, as a query for what breaks it."""

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A named rule.

    promise: what holds, in one sentence. breaches: SQL whose rows are the breaches, each with ids that say where it is;
    $1 is how many are wanted at most.
    """

    name: str
    promise: str
    breaches: str
