"""Scopes imply lower ones; a grant is the proof that a policy was asked."""

import pytest

from casework.core.errors import Denied, LimitExceeded, Unavailable
from casework.core.ids import ASSIGNMENT_TASK_RUN_MAX, INTEGER_MAX, assignment_task_id, split_assignment_task_id
from casework.core.permission import (
    MEMBER,
    SCOPES,
    Principal,
    allows,
    grant,
    implied,
    own_or,
    project,
    scope,
    workflow,
)


def principal(**fields):
    values = {
        "kind": "cookie",
        "account_id": 5,
        "workspace_id": 1,
        "member_id": 3,
        "name": "Ann",
        "email": "a@b.example",
    }
    return Principal(**(values | fields))


def test_a_scope_implies_the_lower_ones_of_its_category():
    assert implied(frozenset({"keys:admin"})) == {"keys:read", "keys:write", "keys:admin"}
    assert implied(frozenset({"keys:read"})) == {"keys:read"}
    assert implied(SCOPES) == SCOPES


@pytest.mark.parametrize(
    ("held", "needed", "enough"),
    [(None, "use", False), ("use", "use", True), ("use", "edit", False), ("admin", "edit", True)],
)
def test_a_level_is_enough_or_not(held, needed, enough):
    assert allows(held, needed) is enough


def test_policies_are_data():
    assert scope("keys:admin").scope == "keys:admin"
    assert own_or("keys:admin").own_or == "keys:admin"
    assert workflow("edit").workflow == "edit"
    assert project("activities:read").project == "activities:read"


def test_without_a_workspace_there_is_no_grant():
    with pytest.raises(Denied, match="workspace"):
        grant(principal(workspace_id=None), MEMBER)


def test_a_scope_that_the_policy_asks_outright_is_needed():
    with pytest.raises(Denied, match="members:read"):
        grant(principal(), scope("members:read"))
    assert grant(principal(scopes=frozenset({"members:read"})), scope("members:read")).holds("members:read")


def test_what_is_one_s_own_needs_no_scope():
    given = grant(principal(), own_or("assignments:read"))
    given.require_own_or(3, "assignments:read")
    assert not given.is_own(None)
    for other in (4, None):
        with pytest.raises(Denied):
            given.require_own_or(other, "assignments:read")


def test_a_person_acts_as_the_member_and_a_workspace_s_key_as_itself():
    person = grant(principal(), MEMBER).actor(supervises=True)
    assert (person.kind, person.id, person.account_id, person.name, person.supervises) == ("member", 3, 5, "Ann", True)
    assert grant(principal(name=""), MEMBER).actor().name == "a@b.example"
    who = principal(kind="workspace_key", account_id=None, member_id=None, key_id=9, key_name="Robot")
    key = grant(who, MEMBER).actor()
    assert (key.kind, key.id, key.account_id, key.name) == ("key", 9, None, "Robot")


def test_a_subject_tells_callers_apart():
    assert principal().subject == "account:5"
    assert principal(kind="workspace_key", key_id=9).subject == "key:9"


def test_an_assignment_task_s_id_is_its_run_s_and_its_place():
    assert assignment_task_id(7, 3) == 7 * 4096 + 3
    assert split_assignment_task_id(7 * 4096 + 3) == (7, 3)
    assert assignment_task_id(ASSIGNMENT_TASK_RUN_MAX, 4095) <= INTEGER_MAX


def test_errors_that_may_pass_say_when_to_try_again():
    assert LimitExceeded("too much", retry_after=5).retry_after == 5
    assert Unavailable("not now").retry_after == 1
