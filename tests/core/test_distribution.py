"""Handing out: nobody gets too much or what they may not do, and nothing waits that somebody could have."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from casework.core.command import Assign, Reassign
from casework.core.distribution import Free, Waiting, hand_out
from casework.core.errors import Conflict
from tests.core.cases import Case, human, person

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def step(number, distribute="least_loaded", **fields):
    values = {"workspace_id": 1, "workflow_id": 7, "run_id": number, "number": 1, "revision": 1}
    sets = {name: frozenset(value) for name, value in fields.items() if name != "familiar"}
    return Waiting(**values, distribute=distribute, **sets, familiar=fields.get("familiar"))


def free(account_id, *roles, **fields):
    values = {"workspace_id": 1, "member_id": account_id, "name": f"P{account_id}", "workflow_ids": frozenset({7})}
    return Free(account_id=account_id, actor_roles=frozenset(roles), **values | fields)


def given_to(waiting, people):
    return [who.account_id for _, who in hand_out(waiting, people)]


def test_whoever_has_least_is_given_the_next_one():
    people = [free(1, held=3), free(2, held=1), free(3, held=2)]
    assert given_to([step(n) for n in range(4)], people) == [2, 3, 2, 1]


def test_in_turn_the_one_who_waited_longest_comes_first():
    people = [free(1, handed_at=NOON), free(2), free(3, handed_at=NOON - timedelta(hours=1)), free(4)]
    assert given_to([step(n, "round_robin") for n in range(6)], people) == [2, 4, 3, 1, 2, 4]


def test_a_case_stays_with_whoever_knows_it_while_they_have_room():
    people = [free(1, held=9, room=1), free(2)]
    assert given_to([step(n, "sticky", familiar=1) for n in range(2)], people) == [1, 2]
    assert given_to([step(1, "sticky", familiar=5), step(2, "sticky")], people) == [2, 2]


def test_who_may_not_do_it_is_not_given_it():
    people = [free(1, "agent"), free(2, "agent", "lead", held=5)]
    assert given_to([step(1, actor_roles={"lead"})], people) == [2]
    assert given_to([step(1, allow_ids={2})], people) == [2]
    assert given_to([step(1, deny_ids={1})], people) == [2]
    assert given_to([step(1, lapsed_ids={1})], people) == [2]
    assert given_to([step(1, lapsed_ids={1}, deny_ids={2})], people) == []


def test_other_projects_and_workspaces_are_others_affairs():
    assert given_to([step(1)], [free(1, workflow_ids=frozenset({8})), free(2, workspace_id=2)]) == []


def test_what_nobody_has_room_for_does_not_hold_up_what_comes_after():
    people = [free(1, "lead", room=1), free(2, "agent", room=2)]
    waiting = [step(1, actor_roles={"lead"}), step(2, actor_roles={"lead"}), step(3, actor_roles={"agent"})]
    assert [(one.run_id, who.account_id) for one, who in hand_out(waiting, people)] == [(1, 1), (3, 2)]


roles = st.frozensets(st.sampled_from(["agent", "lead"]))
accounts = st.frozensets(st.integers(1, 5), max_size=3)
crowds = st.lists(
    st.builds(
        Free,
        workspace_id=st.just(1),
        account_id=st.integers(1, 5),
        member_id=st.just(1),
        name=st.just("P"),
        actor_roles=roles,
        workflow_ids=st.frozensets(st.integers(7, 8)),
        held=st.integers(0, 5),
        room=st.none() | st.integers(0, 3),
        handed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    ),
    unique_by=lambda one: one.account_id,
)
queues = st.lists(
    st.builds(
        Waiting,
        workspace_id=st.just(1),
        workflow_id=st.integers(7, 8),
        run_id=st.integers(1, 10**6),
        number=st.just(1),
        revision=st.just(1),
        distribute=st.sampled_from(["least_loaded", "round_robin", "sticky"]),
        actor_roles=roles,
        allow_ids=accounts,
        deny_ids=accounts,
        lapsed_ids=accounts,
        familiar=st.none() | st.integers(1, 5),
    ),
    max_size=12,
    unique_by=lambda one: one.run_id,
)


def may(one, who):
    return (
        one.workflow_id in who.workflow_ids
        and (not one.actor_roles or one.actor_roles & who.actor_roles)
        and (not one.allow_ids or who.account_id in one.allow_ids)
        and who.account_id not in one.deny_ids | one.lapsed_ids
    )


@given(queues, crowds)
def test_whatever_waits_and_whoever_is_free(waiting, people):
    handed = hand_out(waiting, people)
    assert all(may(one, who) for one, who in handed)
    assert len({one.run_id for one, _ in handed}) == len(handed)
    count = {who.account_id: 0 for who in people}
    for _, who in handed:
        count[who.account_id] += 1
    assert all(who.room is None or count[who.account_id] <= who.room for who in people)
    left = {one.run_id for one in waiting} - {one.run_id for one, _ in handed}
    with_room = [who for who in people if who.room is None or count[who.account_id] < who.room]
    assert not any(may(one, who) for one in waiting if one.run_id in left for who in with_room)


class TestRoom:
    def test_a_bounded_assignment_needs_room(self):
        case = Case.of(human("a"))
        full = replace(person(2), room=0)
        with pytest.raises(Conflict, match="P2 has as many activities as their capacity allows"):
            case.do(Assign(step=1, assignee=full, is_bounded=True))
        case.do(Assign(step=1, assignee=full))
        assert case.step("a").account_id == 20

    def test_what_is_handed_out_needs_somebody_available_and_is_told(self):
        case = Case.of(human("a", distribute="sticky"))
        assert case.step("a").distribute == "sticky"
        away = replace(person(2), is_available=False)
        with pytest.raises(Conflict, match="P2 is not available"):
            case.do(Assign(step=1, assignee=away, is_bounded=True, distribute="sticky"))
        decided = case.decided(Assign(step=1, assignee=person(3), is_bounded=True, distribute="sticky"))
        assert [event.data for event in decided.events] == [{"account_id": 30, "distribute": "sticky"}]

    def test_to_hand_over_to_somebody_needs_their_room_and_to_keep_it_none(self):
        case = Case.of(human("a"))
        case.take("a", 2)
        case.do(Reassign(step=1, assignee=replace(person(2), room=0), is_bounded=True))
        with pytest.raises(Conflict):
            case.do(Reassign(step=1, assignee=replace(person(3), room=0), is_bounded=True))
        case.do(Reassign(step=1, assignee=replace(person(3), room=1), is_bounded=True))
        assert case.step("a").account_id == 30
