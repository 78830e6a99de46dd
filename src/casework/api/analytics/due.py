"""How the activities of a flow kept their due dates, by task and by day."""

from typing import Any, Final

import msgspec

from casework.operations.analytics import DueCount, Metrics


class DueFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What became of activities that had a due date and ended in the span.

    given_up_late: cancelled, failed or skipped after they were due. rate: those that were done in time, of all three;
    null where there are none. One that was given up before it was due counts nowhere.
    """

    done_in_time: int
    done_late: int
    given_up_late: int
    rate: float | None


class DueTaskFigures(DueFigures, frozen=True, kw_only=True):
    """Of one task. overdue: its activities that are open now and should have been done."""

    task_id: int
    task_key: str
    task_name: str
    overdue: int


class DueDayFigures(DueFigures, frozen=True, kw_only=True):
    """Of one day (UTC)."""

    date: str


class DueReport(msgspec.Struct, frozen=True, kw_only=True):
    """tasks: those with a due date in the newest version, and others with figures. days: those on which any ended."""

    overall: DueFigures
    overdue: int
    tasks: list[DueTaskFigures]
    days: list[DueDayFigures]


EXAMPLE: Final = DueReport(
    overall=DueFigures(done_in_time=8, done_late=1, given_up_late=1, rate=0.8),
    overdue=2,
    tasks=[
        DueTaskFigures(
            task_id=31,
            task_key="review",
            task_name="Review the classification",
            overdue=2,
            done_in_time=8,
            done_late=1,
            given_up_late=1,
            rate=0.8,
        )
    ],
    days=[DueDayFigures(date="2024-02-01", done_in_time=8, done_late=1, given_up_late=1, rate=0.8)],
)


def report(measured: Metrics) -> DueReport:
    """How due dates were kept, on the wire."""
    by_task = {one.task_id: one for one in measured.due if one.task_id is not None}
    return DueReport(
        overall=DueFigures(**_counts(*by_task.values())),
        overdue=sum(task.overdue for task in measured.due_tasks),
        tasks=[
            DueTaskFigures(
                task_id=task.task_id,
                task_key=task.task_key,
                task_name=task.task_name,
                overdue=task.overdue,
                **_counts(*([by_task[task.task_id]] if task.task_id in by_task else [])),
            )
            for task in measured.due_tasks
        ],
        days=[DueDayFigures(date=one.day.isoformat(), **_counts(one)) for one in measured.due if one.day is not None],
    )


def _counts(*counted: DueCount) -> dict[str, Any]:
    """The fields that all of these figures have, of the sum."""
    in_time = sum(one.done_in_time for one in counted)
    late = sum(one.done_late for one in counted)
    given_up = sum(one.given_up_late for one in counted)
    of = in_time + late + given_up
    rate = round(in_time / of, 3) if of else None
    return {"done_in_time": in_time, "done_late": late, "given_up_late": given_up, "rate": rate}
