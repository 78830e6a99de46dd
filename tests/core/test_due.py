"""Steps that nobody does in time: reminders, what is overdue, and what is taken from who does nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from casework.core.actor import SYSTEM
from casework.core.calendar import Calendar
from casework.core.command import Assign, Fail, Look, Pause, Process, ResolveIncident, Save, Select, Unassign
from casework.core.definition import Overdue
from tests.core.cases import START, Case, actor, human, person, way

HOUR = timedelta(hours=1)
HOURS = 3600


def look(case, task, at):
    """Look at a step of a task at an instant; the facts."""
    case.now = at
    before = len(facts(case))
    case.do(Look(step=case.step(task).number), SYSTEM)
    return facts(case)[before:]


def facts(case):
    return case.told


@pytest.fixture
def case_of(monkeypatch):
    """Make a case that keeps everything it is told, as (type, data)."""

    def make(*tasks, **fields):
        case = Case.of(*tasks, **fields)
        case.told = []
        do = case.do

        def telling(command, by=SYSTEM):
            decided = case.decided(command, by)
            case.told += [(event.type, event.data) for event in decided.events]
            return do(command, by)

        case.do = telling
        return case

    return make


def test_a_step_is_looked_at_at_each_reminder_and_when_it_is_due(case_of):
    case = case_of(human("a", due=4 * HOURS, reminders=(-HOURS, HOURS)))
    due = START + 4 * HOUR
    assert case.step("a").due_at == due
    assert case.step("a").try_resolve_at == due - HOUR
    assert look(case, "a", due - HOUR) == [("step.reminded", {"due_at": due.isoformat(), "roles": []})]
    assert case.step("a").try_resolve_at == due
    assert look(case, "a", due) == [("step.overdue", {"due_at": due.isoformat()})]
    assert case.step("a").is_overdue
    case.take("a", 2)
    assert look(case, "a", due + HOUR) == [("step.reminded", {"due_at": due.isoformat(), "account_id": 20})]
    assert case.step("a").try_resolve_at is None
    assert case.step("a").state == "assigned"


def test_a_look_that_comes_late_does_everything_once(case_of):
    case = case_of(human("a", due=HOURS, reminders=(-1800, 1800)))
    assert [kind for kind, _ in look(case, "a", START + 9 * HOUR)] == ["step.reminded", "step.overdue"]
    assert look(case, "a", START + 10 * HOUR) == []


def test_a_look_before_its_time_changes_nothing(case_of):
    case = case_of(human("a", due=HOURS))
    assert look(case, "a", START + HOUR - timedelta(seconds=1)) == []


def test_a_reminder_for_a_time_that_was_over_when_the_step_became_ready_is_left_out(case_of):
    case = case_of(human("a", due=HOURS, reminders=(-2 * HOURS, -60)))
    assert case.step("a").reminders == (START + HOUR - timedelta(minutes=1),)


@pytest.mark.parametrize("state", ["ready", "assigned", "in_progress", "paused"])
def test_an_overdue_step_goes_to_other_roles_from_whoever_has_it(case_of, state):
    rule = Overdue(remind=True, raise_priority=60, reassign_to_roles=("lead",))
    case = case_of(human("a", due=HOURS, on_overdue=rule))
    if state != "ready":
        case.take("a", 2)
    if state in ("in_progress", "paused"):
        case.do(Process(step=1), actor(2))
    if state == "paused":
        case.do(Pause(step=1), actor(2))
    told = look(case, "a", START + HOUR)
    given = {"priority": 100, "roles": ["lead"]} | ({} if state == "ready" else {"from": 20})
    assert [kind for kind, _ in told] == ["step.overdue", "step.reminded", "step.escalated"]
    assert told[-1][1] == given
    step = case.step("a")
    assert (step.state, step.account_id, step.actor_roles, step.priority) == ("ready", None, ("lead",), 100)
    assert step.open_since is None
    assert (step.working_ms > 0) == (state in ("in_progress", "paused"))


def test_an_overdue_step_is_passed_over_for_the_route_it_names(case_of):
    case = case_of(human("a", "b", due=HOURS, on_overdue=Overdue(then="c")), human("b"), human("c"))
    case.start("a")
    told = look(case, "a", START + HOUR)
    assert ("step.skipped", {"reason": "overdue"}) in told
    assert case.states("a") == ["skipped"]
    assert case.live() == ["c"]
    assert case.run.working_ms > 0


def test_a_route_to_the_end_ends_the_branch(case_of):
    case = case_of(human("a", "b", due=HOURS, on_overdue=Overdue(then="end")), human("b"))
    look(case, "a", START + HOUR)
    assert case.run.state == "completed"


def test_a_join_waits_for_what_may_come_by_the_route_of_an_overdue_step(case_of):
    case = case_of(
        human("a", "j"),
        human("b", due=HOURS, on_overdue=Overdue(then="j")),
        human("j", join="all"),
        start=("a", "b"),
    )
    case.finish("a")
    assert case.states("j") == ["parked"]
    look(case, "b", START + HOUR)
    assert case.live() == ["j"]
    assert case.step("j").sources == (1, 2)


def test_each_visit_of_a_loop_is_due_anew(case_of):
    case = case_of(human("a", way("a", "output.again"), way("end"), due=HOURS))
    case.now = START + HOUR / 2
    case.finish("a", {"again": True})
    second = case.step("a")
    assert second.visit == 2
    assert second.due_at > START + HOUR
    assert [kind for kind, _ in look(case, "a", second.due_at)] == ["step.overdue"]


def test_an_overdue_item_of_a_list_leaves_null_in_its_place(case_of):
    case = case_of(
        human("a", "b", for_each="input.items", concurrency=1, due=HOURS, on_overdue=Overdue(then="end")),
        human("b"),
        input={"items": [1, 2]},
    )
    look(case, "a", START + HOUR)
    case.finish("a", {"done": True})
    assert case.live() == ["b"]
    assert next(step.output for step in case.run.steps if step.kind == "for_each") == [None, {"done": True}]


def test_what_a_select_left_behind_is_overdue_and_nothing_follows(case_of):
    case = case_of(human("a", "b", due=HOURS, on_overdue=Overdue(then="c")), human("b"), human("c"))
    case.do(Select(task="b"))
    assert case.step("a").is_left
    assert [kind for kind, _ in look(case, "a", START + HOUR)] == ["step.overdue"]
    assert case.live() == ["a", "b"]


def test_while_it_waits_for_a_decision_a_step_is_not_looked_at(case_of):
    case = case_of(human("a", due=HOURS, on_failure="incident"))
    case.take("a", 2)
    case.do(Fail(step=1), actor(2))
    assert case.step("a").state == "waiting"
    assert case.step("a").try_resolve_at is None
    case.do(ResolveIncident(step=1, how="retry"), actor(3, supervises=True))
    assert case.step("a").try_resolve_at == START + HOUR


class TestWithoutASign:
    def test_an_assigned_step_that_is_not_started_is_anybodys_again(self, case_of):
        case = case_of(human("a", requeue_after=1800))
        assert case.step("a").try_resolve_at is None
        case.take("a", 2)
        until = case.step("a").try_resolve_at
        assert until == START + timedelta(minutes=31)
        assert look(case, "a", until) == [("step.requeued", {"account_id": 20})]
        step = case.step("a")
        assert (step.state, step.account_id, step.lapsed_ids, step.try_resolve_at) == ("ready", None, (20,), None)

    def test_saving_and_starting_are_signs(self, case_of):
        case = case_of(human("a", requeue_after=1800))
        case.take("a", 2)
        case.now = START + timedelta(minutes=20)
        case.do(Process(step=1), actor(2))
        assert case.step("a").try_resolve_at == START + timedelta(minutes=50)
        case.now = START + timedelta(minutes=45)
        case.do(Save(step=1, data={"x": 1}), actor(2))
        until = START + timedelta(minutes=75)
        assert case.step("a").try_resolve_at == until
        assert look(case, "a", until - timedelta(seconds=1)) == []
        assert [kind for kind, _ in look(case, "a", until)] == ["step.requeued"]
        assert case.step("a").data == {"x": 1}
        assert case.step("a").working_ms == 55 * 60 * 1000

    def test_who_paused_or_gave_it_back_is_not_waited_for(self, case_of):
        case = case_of(human("a", requeue_after=1800))
        case.take("a", 2)
        case.do(Process(step=1), actor(2))
        case.do(Pause(step=1), actor(2))
        assert case.step("a").try_resolve_at is None
        case.do(Process(step=1), actor(2))
        assert case.step("a").try_resolve_at is not None
        case.do(Unassign(step=1), actor(2))
        assert case.step("a").try_resolve_at is None

    def test_it_lapses_once_for_each_person(self, case_of):
        case = case_of(human("a", requeue_after=1800))
        for who in (2, 3, 2):
            case.do(Assign(step=1, assignee=person(who)))
            look(case, "a", case.step("a").try_resolve_at)
        assert case.step("a").lapsed_ids == (20, 30)


class TestBusinessTime:
    monday_9_to_17 = Calendar()

    def test_due_dates_and_reminders_count_business_time(self, case_of):
        friday = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)
        case = case_of(
            human("first", "a"), human("a", due=2 * HOURS, reminders=(-HOURS, 8 * HOURS), calendar="business")
        )
        case.now = friday
        case.finish("first")
        step = case.step("a")
        since = case.run.updated_at
        assert step.due_at == datetime(2026, 3, 9, 10, 0, tzinfo=UTC) + (since - friday)
        assert step.reminders == (
            datetime(2026, 3, 9, 9, 0, tzinfo=UTC) + (since - friday),
            datetime(2026, 3, 10, 10, 0, tzinfo=UTC) + (since - friday),
        )

    def test_the_workflows_calendar_holds_for_all_its_tasks(self, case_of):
        case = case_of(human("a", due=9 * HOURS), calendar="business")
        assert case.step("a").due_at == START + 25 * HOUR
        assert case.run.version.needs_calendar

    def test_conditions_ask_the_runs_calendar(self, case_of):
        case = case_of(human("a", way("b", "is_business_hours"), way("end")), human("b"))
        assert case.run.version.needs_calendar
        case.finish("a")
        assert case.live() == ["b"]


class TestWhoMayByName:
    def test_lists_of_accounts_are_computed_when_the_step_is_reached(self, case_of):
        case = case_of(human("a", allow="input.who + [30]", deny="[40, 40]"), input={"who": [20]})
        step = case.step("a")
        assert (step.state, step.allow_ids, step.deny_ids) == ("ready", (20, 30), (40,))

    def test_those_excluded_are_denied_beside(self, case_of):
        case = case_of(human("a", "b"), human("b", deny="[40]", exclude=("a",)))
        case.finish("a", who=2)
        assert case.step("b").deny_ids == (20, 40)

    @pytest.mark.parametrize(
        ("fields", "code", "message"),
        [
            ({"allow": "[]"}, "allow", "`allow: []` names nobody."),
            ({"allow": "input.nobody"}, "allow", "could not be evaluated"),
            ({"deny": "['ada@example.com']"}, "deny", "must be a list of at most 1,000 account ids"),
            ({"deny": "20"}, "deny", "must be a list of at most 1,000 account ids"),
            ({"deny": "input.many"}, "deny", "must be a list of at most 1,000 account ids"),
        ],
    )
    def test_a_list_that_says_nothing_usable_is_the_failure_rule(self, case_of, fields, code, message):
        case = case_of(human("a", on_error="b", **fields), human("b"), input={"many": list(range(1001))})
        (step,) = [step for step in case.run.steps if step.task == "a"]
        assert (step.state, step.error["code"]) == ("failed", code)
        assert message in step.error["message"]
        assert case.live() == ["b"]
