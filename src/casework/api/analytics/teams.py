"""What the teams of a workspace started: the people who have one of its roles for tasks."""

from typing import Final

import msgspec

from casework.operations.analytics import TeamCount


class TeamFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Of the runs made in the span by members who have that role now; who has several counts in each of them.

    tokens, cost: what those runs have asked of models so far.
    """

    role: str
    runs: int
    completed: int
    failed: int
    tokens: int
    cost: float


EXAMPLE: Final = [TeamFigures(role="clerk", runs=12, completed=8, failed=1, tokens=3816, cost=0.0)]


def team(counted: TeamCount) -> TeamFigures:
    """A team's figures on the wire."""
    return TeamFigures(
        role=counted.role,
        runs=counted.runs,
        completed=counted.completed,
        failed=counted.failed,
        tokens=counted.tokens,
        cost=float(counted.cost),
    )
