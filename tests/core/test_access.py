"""What a caller may do with one workflow."""

import pytest

from casework.core.access import access_of
from casework.core.errors import Denied
from casework.core.permission import WORKFLOW_LEVELS, Principal, implied


def rights(kind="bearer", *, scopes=(), granted=None, has_role=False, key_scopes=None):
    principal = Principal(kind=kind, scopes=implied(frozenset(scopes)))
    return access_of(principal, granted=granted, has_role=has_role, key_scopes=key_scopes)


@pytest.mark.parametrize("granted", [None, *WORKFLOW_LEVELS])
def test_a_person_has_what_was_granted(granted):
    assert rights(granted=granted).level == granted
    assert rights("personal_key", granted=granted).level == granted


@pytest.mark.parametrize(
    ("granted", "key_scopes", "level"),
    [
        (None, ["workflows:admin"], None),
        ("admin", [], "use"),
        ("admin", ["assignments:admin"], "use"),
        ("admin", ["workflows:write"], "edit"),
        ("admin", ["workflows:admin"], "admin"),
        ("use", ["workflows:admin"], "use"),
    ],
)
def test_a_key_does_no_more_than_its_own_scopes_say(granted, key_scopes, level):
    assert rights("personal_key", granted=granted, key_scopes=key_scopes).level == level


@pytest.mark.parametrize(
    ("scopes", "level"),
    [
        ([], None),
        (["chats:admin"], None),
        (["assignments:read"], "use"),
        (["workflows:read"], "use"),
        (["workflows:write"], "edit"),
        (["workflows:admin"], "admin"),
    ],
)
def test_a_key_of_the_workspace_has_the_level_of_its_scopes(scopes, level):
    assert rights("workspace_key", scopes=scopes, key_scopes=scopes).level == level


def test_an_actor_role_lets_somebody_in_without_a_level():
    found = rights(has_role=True)
    assert (found.level, found.in_project, found.may_read) == (None, True, True)
    found.require_read()
    with pytest.raises(Denied, match='"use"'):
        found.require("use")


def test_a_scope_lets_somebody_read_without_letting_them_in():
    found = rights(scopes=["workflows:read"])
    assert (found.level, found.in_project, found.may_read) == (None, False, True)


def test_a_stranger_may_not_even_read():
    with pytest.raises(Denied):
        rights().require_read()


def test_a_higher_level_holds_the_lower_ones():
    for level in WORKFLOW_LEVELS:
        rights(granted="admin").require(level)
    with pytest.raises(Denied, match='"admin"'):
        rights(granted="edit").require("admin")
