"""What the runs of a flow add up to: counts, throughput, latency, waiting, cost."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from casework.api.analytics import due, starts
from casework.api.analytics.runs import FLOW_ID, ORG_ID, flow_of
from casework.api.analytics.words import STATE, STATES
from casework.api.parameters import Bound
from casework.api.render import Instant, instant, json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get
from casework.core.permission import Grant, scope
from casework.operations import analytics
from casework.operations.services import Services

SPAN_DEFAULT: Final = timedelta(days=30)
SPAN_MAX: Final = timedelta(days=366)
"""Beyond it nobody reads figures by day, and everybody waits."""

FROM: Final = Bound(name="from", end=False, description="Not before this date or instant; by default 30 days before.")
TO: Final = Bound(name="to", end=True, description="Not after this date or instant; by default now.")

_DAY: Final = timedelta(days=1)
_FIRST: Final = datetime.min.replace(tzinfo=UTC)


class DayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What began and what ended on one day (UTC)."""

    date: str
    created: int = 0
    completed: int = 0
    failed: int = 0
    cancelled: int = 0


class LatencyFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from start to end of the runs that ended; null where none did."""

    count: int
    mean: float | None
    p50: float | None
    p95: float | None
    p99: float | None


class Seconds(msgspec.Struct, frozen=True, kw_only=True):
    """A length of time in seconds over many steps; null where there are none."""

    mean: float | None
    p50: float | None
    p95: float | None


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """Some of many; the rate is null where there are none."""

    count: int
    of: int
    rate: float | None


class TaskFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of a task that ended: how long they waited for somebody, and how long hands were on them.

    rework: second and later visits, of all. automation: steps done by agents and programs whose result stands (the task
    was not visited again), of all that were done. tokens, cost: what its steps asked of models in the span.
    """

    task_id: int
    task_key: str
    task_name: str
    count: int
    wait: Seconds
    working: Seconds
    rework: Share
    automation: Share
    tokens: int
    cost: float


class UsageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What one model was asked on one day (UTC), and what it cost."""

    date: str
    provider: str
    model_id: str
    calls: int
    input_tokens: int
    output_tokens: int
    tokens: int
    cost: float


class Figures(msgspec.Struct, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """The figures of a flow.

    runs, states: of the runs made in the span, as they stand now. throughput: by day. latency, tasks: of what ended in
    the span. rework, automation: as of a task, over all of them. due: how due dates were kept. usage: by day and model.
    people, teams, hours: of the runs made in the span, by who made them, by their roles, and by when in the week.
    """

    since: Instant | None
    until: Instant | None
    runs: int
    states: dict[str, int]
    throughput: list[DayFigures]
    latency: LatencyFigures
    tasks: list[TaskFigures]
    rework: Share
    automation: Share
    due: due.DueReport
    usage: list[UsageFigures]
    people: list[starts.PersonFigures]
    teams: list[starts.TeamFigures]
    hours: list[starts.HourFigures]


EXAMPLE: Final = Figures(
    since="2024-02-01T00:00:00.000Z",
    until="2024-02-01T23:59:59.999Z",
    runs=12,
    states={"PENDING": 2, "PAUSED": 1, "RESUMED": 0, "COMPLETED": 8, "FAILED": 1, "CANCELLED": 0},
    throughput=[DayFigures(date="2024-02-01", created=12, completed=8, failed=1)],
    latency=LatencyFigures(count=9, mean=84.5, p50=71.0, p95=210.4, p99=233.9),
    tasks=[
        TaskFigures(
            task_id=31,
            task_key="review",
            task_name="Review the classification",
            count=9,
            wait=Seconds(mean=41.2, p50=30.0, p95=118.5),
            working=Seconds(mean=33.0, p50=29.5, p95=80.1),
            rework=Share(count=1, of=9, rate=0.111),
            automation=Share(count=0, of=9, rate=0.0),
            tokens=5210,
            cost=0.0182,
        )
    ],
    rework=Share(count=1, of=9, rate=0.111),
    automation=Share(count=0, of=9, rate=0.0),
    due=due.EXAMPLE,
    usage=[
        UsageFigures(
            date="2024-02-01",
            provider="scripted",
            model_id="scripted",
            calls=12,
            input_tokens=3600,
            output_tokens=216,
            tokens=3816,
            cost=0.0,
        )
    ],
    people=starts.PEOPLE_EXAMPLE,
    teams=starts.TEAMS_EXAMPLE,
    hours=starts.HOURS_EXAMPLE,
)


@get(
    "/org/{org_id:str}/flows/{flow_id:str}/metrics",
    scope("analytics:read"),
    Operation(
        summary="Read the figures of a flow",
        path=[ORG_ID, FLOW_ID],
        query=[FROM, TO, starts.TIME_ZONE],
        answer=Figures,
        answer_example=EXAMPLE,
        refuses=[404],
    ),
)
async def read_metrics(request: HttpRequest, services: Services, grant: Grant) -> HttpResponse:
    """Over at most 366 days, by default the last 30."""
    since, until = span(request, services.clock.now())
    time_zone = starts.zone(request)
    measured = await analytics.measure(services, grant, flow_of(request), since=since, until=until, time_zone=time_zone)
    return json_response(figures(measured))


def span(request: HttpRequest, now: datetime) -> tuple[datetime, datetime]:
    """The span that is asked for, both ends in it; BadParameter where it ends before it begins, or is too long."""
    since, until = FROM.read(request), TO.read(request) or now
    if since is None:
        since = until - min(SPAN_DEFAULT, until - _FIRST)
    if since > until:
        raise FROM.bad("must not be after the end of the span.")
    if until - since > SPAN_MAX:
        raise FROM.bad(f"must be at most {SPAN_MAX.days} days before the end of the span.")
    return since, until


def figures(measured: analytics.Metrics) -> Figures:
    """The figures on the wire."""
    states: dict[str, int] = dict.fromkeys(STATES, 0)
    for made in measured.made:
        states[STATE[made.state]] += made.count
    latency = measured.latency
    return Figures(
        since=instant(measured.since),
        until=instant(measured.until),
        runs=sum(states.values()),
        states=states,
        throughput=list(_days(measured)),
        latency=LatencyFigures(
            count=latency.count,
            mean=_seconds(latency.mean_ms),
            p50=_seconds(latency.p50_ms),
            p95=_seconds(latency.p95_ms),
            p99=_seconds(latency.p99_ms),
        ),
        tasks=[_task(task) for task in measured.tasks],
        rework=_rework(measured.tasks),
        automation=_automation(measured.tasks),
        due=due.report(measured),
        usage=[_model(model) for model in measured.models],
        people=[starts.person(counted) for counted in measured.people],
        teams=[starts.team(counted) for counted in measured.teams],
        hours=[starts.hour(counted) for counted in measured.hours],
    )


def _days(measured: analytics.Metrics) -> Iterator[DayFigures]:
    """Every day of the span, also those on which nothing happened."""
    counted: dict[date, Counter[str]] = defaultdict(Counter)
    for made in measured.made:
        counted[made.day]["created"] += made.count
    for ended in measured.ended:
        counted[ended.day][ended.state] += ended.count
    day, last = measured.since.date(), measured.until.date()
    while True:
        yield DayFigures(date=day.isoformat(), **counted[day])
        if day >= last:
            return
        day += _DAY


def _task(task: analytics.TaskTimes) -> TaskFigures:
    return TaskFigures(
        task_id=task.task_id,
        task_key=task.task_key,
        task_name=task.task_name,
        count=task.count,
        wait=Seconds(mean=_seconds(task.wait_mean_ms), p50=_seconds(task.wait_p50_ms), p95=_seconds(task.wait_p95_ms)),
        working=Seconds(
            mean=_seconds(task.working_mean_ms), p50=_seconds(task.working_p50_ms), p95=_seconds(task.working_p95_ms)
        ),
        rework=_rework([task]),
        automation=_automation([task]),
        tokens=task.tokens,
        cost=float(task.cost),
    )


def _rework(tasks: Sequence[analytics.TaskTimes]) -> Share:
    return _share(sum(task.again_count for task in tasks), sum(task.count for task in tasks))


def _automation(tasks: Sequence[analytics.TaskTimes]) -> Share:
    return _share(sum(task.automated_count for task in tasks), sum(task.completed_count for task in tasks))


def _share(count: int, of: int) -> Share:
    return Share(count=count, of=of, rate=round(count / of, 3) if of else None)


def _model(model: analytics.ModelDay) -> UsageFigures:
    return UsageFigures(
        date=model.day.isoformat(),
        provider=model.provider,
        model_id=model.model_id,
        calls=model.calls,
        input_tokens=model.input_tokens,
        output_tokens=model.output_tokens,
        tokens=model.input_tokens + model.output_tokens,
        cost=float(model.cost),
    )


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else round(milliseconds / 1000, 3)


handlers: Final = (read_metrics,)
