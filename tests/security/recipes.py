"""How to ask each route: what the ids in it name, where they stand, and what is sent.

A route without a recipe fails the tests. What is sent is the declared example, adapted to the ids at hand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from casework.core.permission import Policy
from tests.security.things import Ids, Kind, Status, World

Body = Callable[[Any, Ids, World], Any]
"""From the declared example and the ids to what is sent."""

State = str
"""See `expectation.State`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A way to ask a route.

    kind: of the thing that it is about, None where it is about no one thing. beside: a thing of the caller's own that
    is named too. status: of the activity in question. path, query: where the ids stand, by name; the path's go by their
    placeholders unless this says otherwise. headers: sent beside the caller's own, with ids in braces. body: what is
    sent, by default the declared example.

    policy: what is asked for ids that stand elsewhere than in the path. missing: the answer where there is no such
    thing. gone: the answer where it was taken away; where that differs, it is found all the same. others: the answer
    to those who have the right, for what is not their own. asks_first: rights are looked at before anything is looked
    for. is_for_all: of a project's open work everybody in it takes. is_for_persons: keys may not. ends_sessions: of the
    caller's account; they go on after it, for what is asked next. impersonal: the
    answer to a key that acts as the workspace, where it takes a person. callers, states: the only ones that it makes
    sense for.
    """

    kind: Kind | None = None
    beside: Kind | None = None
    status: Status = "ready"
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    policy: Policy | None = None
    missing: int = 404
    gone: int = 404
    others: int = 0
    asks_first: bool = False
    is_for_all: bool = False
    is_for_persons: bool = False
    ends_sessions: bool = False
    impersonal: int = 0
    callers: frozenset[str] = frozenset()
    states: frozenset[State] = frozenset({"own", "others", "foreign", "absent", "gone"})

    def target(self, path: str, ids: Ids) -> str:
        """The address with the ids in it; a query that names no id is sent as it stands."""
        named = {**ids, **{name: ids[key] for name, key in self.path.items()}}
        query = urlencode({name: str(ids.get(key, key)) for name, key in self.query.items()})
        return path.format_map(named) + (f"?{query}" if query else "")

    def named(self, ids: Ids) -> dict[str, str]:
        """The headers with the ids in them."""
        return {name: text.format_map(ids) for name, text in self.headers.items()}

    def sent(self, example: Any, ids: Ids, world: World) -> Any:
        """What is sent, None where nothing is."""
        return example if self.body is None else self.body(example, ids, world)


def narrowing(kind: Kind, query: Mapping[str, str], status: Status = "ready") -> Recipe:
    """Ids that only narrow a list down: what names nothing here finds nothing, and that is all it tells."""
    return Recipe(kind=kind, query=query, status=status, policy=Policy(), missing=0, gone=0)


def fields(**names: str) -> Body:
    """The declared example, with these fields set to ids."""
    return lambda example, ids, _world: {**(example or {}), **{name: ids[key] for name, key in names.items()}}


def only(**values: Any) -> Body:
    """These fields alone."""
    return lambda _example, _ids, _world: values
