"""Who started the runs of a flow, as people and as teams (by the roles for tasks), and at what hours they did."""

from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from casework.api.parameters import Connection, Text
from casework.operations.analytics import HourCount, PersonCount, TeamCount

StarterType = Literal["user", "personal_api_key", "org_api_key", "system"]

TIME_ZONE: Final = Text(
    name="time_zone", description="By whose clocks `hours` are told: a name like Europe/Berlin; by default UTC."
)


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Runs made in the span. tokens, cost: what those runs have asked of models so far."""

    runs: int
    completed: int
    failed: int
    tokens: int
    cost: float


class PersonFigures(Sums, frozen=True, kw_only=True):
    """Of the runs made in the span by one person, by hand or with a key of their own: at most 1,000, most runs first.

    type: user, or org_api_key for a key that acts for nobody, or system for what began by itself, without an id.
    tokens, cost: what those runs have asked of models so far.
    """

    type: StarterType
    id: UUID | None
    name: str | None


class TeamFigures(Sums, frozen=True, kw_only=True):
    """Of the runs made in the span by members who have that role now; who has several counts in each of them.

    tokens, cost: what those runs have asked of models so far.
    """

    role: str


class HourFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The runs made in one hour of the day on one day of the week (1: Monday); hours without any are left out."""

    weekday: int
    hour: int
    runs: int


PEOPLE_EXAMPLE: Final = [
    PersonFigures(
        type="user",
        id=UUID("018d7c5e-1a00-7000-8000-000000000004"),
        name="Ada",
        runs=12,
        completed=8,
        failed=1,
        tokens=3816,
        cost=0.0,
    )
]
TEAMS_EXAMPLE: Final = [TeamFigures(role="clerk", runs=12, completed=8, failed=1, tokens=3816, cost=0.0)]
HOURS_EXAMPLE: Final = [HourFigures(weekday=4, hour=9, runs=12)]


def zone(connection: Connection) -> str:
    """The time zone that is asked for; BadParameter where there is none of that name."""
    name = TIME_ZONE.read(connection) or "UTC"
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, LookupError):  # a name that leads out of the directory, is one itself, or is unknown
        raise TIME_ZONE.bad("is no time zone; write one like Europe/Berlin, America/New_York or UTC.") from None


def person(counted: PersonCount) -> PersonFigures:
    """A person's figures on the wire."""
    kind = msgspec.convert(counted.kind, StarterType)
    return PersonFigures(type=kind, id=counted.id, name=counted.name, **_sums(counted))


def team(counted: TeamCount) -> TeamFigures:
    """A team's figures on the wire."""
    return TeamFigures(role=counted.role, **_sums(counted))


def _sums(counted: PersonCount | TeamCount) -> dict[str, Any]:
    return {name: getattr(counted, name) for name in Sums.__struct_fields__} | {"cost": float(counted.cost)}


def hour(counted: HourCount) -> HourFigures:
    """An hour's figures on the wire."""
    return HourFigures(weekday=counted.weekday, hour=counted.hour, runs=counted.runs)
