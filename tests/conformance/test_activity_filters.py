"""Section 5, the activity surface (S003): the filters, in every form that they may be written in."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.conformance.client import ABSENT_ID, ABSENT_UUID, WORK, done, refused
from tests.conformance.conftest import Site
from tests.conformance.scenes import FORM, Desk, open_desk

TICKETS: dict[str, Any] = {
    "casework": 1,
    "key": "tickets",
    "name": "Tickets",
    "tasks": [
        {
            "key": "classify",
            "name": "Classify",
            "kind": "human",
            "roles": ["agent", "lead"],
            "form": FORM,
            "indicators": {"big": "has(output.amount) && output.amount > 10"},
            "next": [{"to": "check"}],
        },
        {"key": "check", "name": "Check, then close", "kind": "human", "exclude": ["tasks.classify"]},
    ],
}


@pytest.fixture(scope="module")
def floor(site: Site) -> Desk:
    """Activities of two projects: not taken, assigned, worked on, completed with data, and excluded from."""
    desk = open_desk(site.workspace())
    tickets = desk.workspace.publish(TICKETS)
    desk.workspace.allow(tickets, desk.ada, desk.bob, desk.lead)
    desk.case(workflow=tickets)
    desk.case(workflow=tickets).moved(desk.bob, "assign")
    for amount in (5, 50):
        desk.case(workflow=tickets).finish(desk.ada, {"topic": "billing", "amount": amount, "note": "100% sure"})
    desk.case(workflow=tickets).start(desk.lead)
    desk.case(workflow=desk.pair)
    return desk


def everything(floor: Desk) -> list[dict[str, Any]]:
    return done(floor.manager.get(f"{WORK}/activities"))["data"]


def found(floor: Desk, query: Any) -> list[str]:
    """The ids of the activities that a query finds: pairs, or its text as it is."""
    address = f"{WORK}/activities?{query}" if isinstance(query, str) else f"{WORK}/activities"
    answer = floor.manager.get(address, None if isinstance(query, str) else query)
    return [one["id"] for one in done(answer)["data"]]


def expected(floor: Desk, holds: Callable[[dict[str, Any]], bool]) -> list[str]:
    """The ids of the activities whose attributes it holds for: some, and not all."""
    whole = everything(floor)
    chosen = [one["id"] for one in whole if holds(one["attributes"])]
    assert 0 < len(chosen) < len(whole)
    return chosen


STEADY = (
    *("id", "assigned_account_id", "name", "status", "started_at", "completed_at", "try_resolve_at", "actor_roles"),
    *("whitelisted_ids", "blacklisted_ids", "created_at", "data", "output", "indicators"),
)


@pytest.mark.parametrize("name", STEADY)
def test_without_a_suffix_a_filter_is_equality_with_each_value_that_there_is(floor: Desk, name: str):
    whole = [one["attributes"] for one in everything(floor)]
    assert whole

    for value in {json.dumps(one[name]) for one in whole}:
        shown = json.loads(value)
        if shown in ([], {}):
            continue
        text = "" if shown is None else value if isinstance(shown, list | dict) else str(shown)
        ids = found(floor, {f"filter[{name}]": text})
        assert set(ids) == {one["id"] for one in whole if contains(one[name], shown)}


def contains(value: Any, part: Any) -> bool:
    """Whether a JSON value contains another: a map at least the same fields, anything else the same."""
    if isinstance(value, dict) and isinstance(part, dict):
        return all(key in value and contains(value[key], inner) for key, inner in part.items())
    return value == part


def test_working_seconds_are_compared_as_they_are_shown(floor: Desk):
    ended = next(one["attributes"] for one in everything(floor) if one["attributes"]["status"] == "completed")

    for name in ("working_seconds", "live_seconds", "pipeline_seconds"):
        assert ended["id"] in found(floor, {f"filter[{name}]": ended[name]})


def test_project_id_and_work_unit_id_filter_by_what_an_activity_belongs_to(floor: Desk):
    one = everything(floor)[0]

    for key, name in (("project_id", "project"), ("work_unit_id", "work_unit")):
        value = one["relationships"][name]["data"]["id"]
        same = [other["id"] for other in everything(floor) if other["relationships"][name]["data"]["id"] == value]
        assert found(floor, {f"filter[{key}]": value}) == same


def test_a_list_means_any_of_them(floor: Desk):
    query = {"filter[status][]": ["pending", "assigned"]}

    assert found(floor, query) == expected(floor, lambda one: one["status"] in ("pending", "assigned"))


def test_an_empty_value_is_null(floor: Desk):
    nobody = expected(floor, lambda one: one["assigned_account_id"] is None)

    assert found(floor, {"filter[assigned_account_id]": ""}) == nobody
    assert found(floor, "filter[completed_at]=") == expected(floor, lambda one: one["completed_at"] is None)
    either = {"filter[assigned_account_id][]": ["", str(floor.bob.account_id)]}
    assert set(found(floor, either)) > set(nobody)


def test_filters_are_anded(floor: Desk):
    query = {"filter[status]": "completed", "filter[assigned_account_id]": floor.ada.account_id}

    assert len(found(floor, query)) == 2
    assert found(floor, {**query, "filter[assigned_account_id]": floor.bob.account_id}) == []


@pytest.mark.parametrize("key", ["colour", "work_unit_id__in", "status__gte", "name__contains", "id__like", "", "a][b"])
def test_undeclared_keys_are_ignored(floor: Desk, key: str):
    assert found(floor, {f"filter[{key}]": "x"}) == [one["id"] for one in everything(floor)]


@pytest.mark.parametrize(
    "query",
    [
        "filter[status][]=pending&filter[status][]=assigned",
        "filter[status]=pending&filter[status]=assigned",
        "filter[status][0]=pending&filter[status][1]=assigned",
        "filter%5Bstatus%5D%5B%5D=pending&filter%5Bstatus%5D%5B%5D=assigned",
        "filter%5bstatus%5d=pending&filter%5bstatus%5d=assigned",
        "filter[status__in][]=pending&filter[status__in][]=assigned",
        "filter%5Bstatus__in%5D%5B%5D=pending&filter%5Bstatus__in%5D%5B%5D=assigned",
    ],
)
def test_a_list_comes_with_or_without_empty_brackets_encoded_or_not(floor: Desk, query: str):
    assert found(floor, query) == expected(floor, lambda one: one["status"] in ("pending", "assigned"))


def test_in_is_any_of(floor: Desk):
    by_name = {"filter[name__in][]": ["Classify", "Check, then close"]}
    by_person = {"filter[assigned_account_id__in][]": [floor.ada.account_id, floor.bob.account_id]}
    some = [one["id"] for one in everything(floor)][1:3]

    assert found(floor, by_name) == expected(floor, lambda one: one["name"] in ("Classify", "Check, then close"))
    people = (floor.ada.account_id, floor.bob.account_id)
    assert found(floor, by_person) == expected(floor, lambda one: one["assigned_account_id"] in people)
    assert found(floor, {"filter[id__in][]": [*some, ABSENT_UUID]}) == some


@pytest.mark.parametrize("name", ["name__in", "status__in", "id__in", "assigned_account_id__in"])
def test_in_of_an_empty_list_finds_no_rows(floor: Desk, name: str):
    assert found(floor, f"filter[{name}][]=") == found(floor, f"filter[{name}]=") == []


def test_gte_and_lte_are_bounds_that_belong_to_the_span(floor: Desk):
    ended = [one["attributes"] for one in everything(floor) if one["attributes"]["completed_at"]]
    first, last = ended[0], ended[-1]

    at = first["completed_at"]
    after = (datetime.fromisoformat(at) + timedelta(milliseconds=1)).isoformat()
    assert first["id"] in found(floor, {"filter[completed_at__gte]": at})
    assert found(floor, {"filter[completed_at__gte]": at, "filter[completed_at__lte]": after}) == [first["id"]]
    day = last["completed_at"][:10]
    same_day = [one["id"] for one in ended if one["completed_at"].startswith(day)]
    assert found(floor, {"filter[completed_at__gte]": day, "filter[completed_at__lte]": day}) == same_day
    assert found(floor, {"filter[completed_at__gte]": "2999-01-01"}) == []
    assert found(floor, {"filter[completed_at__lte]": "2001-01-01"}) == []


def test_contains_on_an_array_shares_at_least_one_element(floor: Desk):
    agents = expected(floor, lambda one: "agent" in one["actor_roles"])

    assert found(floor, {"filter[actor_roles__contains][]": ["agent"]}) == agents
    assert found(floor, {"filter[actor_roles__contains][]": ["agent", "nobody"]}) == agents
    assert found(floor, {"filter[actor_roles__contains]": "nobody"}) == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("data", {"topic": "billing"}),
        ("data", {"amount": 50}),
        ("output", {"topic": "billing", "amount": 5}),
        ("indicators", {"big": True}),
    ],
)
def test_data_output_and_indicators_are_json_containment(floor: Desk, name: str, part: dict[str, Any]):
    wanted = expected(floor, lambda one: contains(one[name], part))

    assert found(floor, {f"filter[{name}]": json.dumps(part)}) == wanted
    assert found(floor, f"filter[{name}]={quote(json.dumps(part))}") == wanted


def test_text_is_compared_as_text_and_not_as_a_pattern(floor: Desk):
    assert found(floor, {"filter[name]": "%"}) == []
    assert found(floor, {"filter[name]": "classify"}) == []
    assert found(floor, {"filter[name]": "' or 1=1 --"}) == []
    assert found(floor, {"filter[name]": "Check, then close"}) == expected(
        floor, lambda one: one["name"] == "Check, then close"
    )


@pytest.mark.parametrize("name", ["data", "output", "indicators"])
@pytest.mark.parametrize("text", ["billing", "{", "{'a': 1}", "[1,", "NaN", '"\\ud800"', "[" * 100 + "]" * 100])
def test_text_that_is_not_json_is_422(floor: Desk, name: str, text: str):
    assert name in refused(floor.manager.get(f"{WORK}/activities", {f"filter[{name}]": text}), 422)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("id", value) for value in ("1", "no-uuid")),
        *(("assigned_account_id", value) for value in ("ada", "1.5", "1;2")),
        *(("status", value) for value in ("open", "PENDING", "in_progress")),
        *(("created_at", value) for value in ("yesterday", "2024-02-30")),
        *(("started_at", value) for value in ("x",)),
        *(("try_resolve_at", value) for value in ("soon",)),
        *(("working_seconds", value) for value in ("long", "1e400")),
        *(("live_seconds", value) for value in ("NaN",)),
        *(("pipeline_seconds", value) for value in ("--1",)),
        *(("project_id", value) for value in ("support",)),
        *(("work_unit_id", value) for value in ("first",)),
        *(("whitelisted_ids", value) for value in ("ada",)),
        *(("blacklisted_ids", value) for value in ('["ada"]', "[")),
        *(("completed_at__gte", value) for value in ("x", "", "2024-13-01")),
        *(("completed_at__lte", value) for value in ("x", "99999-01-01")),
        *(("id__in", value) for value in ("1",)),
        *(("status__in", value) for value in ("open",)),
        *(("assigned_account_id__in", value) for value in ("ada",)),
    ],
)
def test_a_value_of_the_wrong_type_is_422_and_the_error_tells_which_filter(floor: Desk, name: str, value: str):
    assert name in refused(floor.manager.get(f"{WORK}/activities", {f"filter[{name}]": value}), 422)
    assert name in refused(floor.manager.get(f"{WORK}/activities", {f"filter[{name}][]": ["", value]}), 422)


@pytest.mark.parametrize("name", ["assigned_account_id", "project_id", "work_unit_id"])
@pytest.mark.parametrize("value", [0, -1, ABSENT_ID, 10**18, 10**30, -(10**30)])
def test_an_integer_that_nothing_bears_finds_nothing(floor: Desk, name: str, value: int):
    assert found(floor, {f"filter[{name}]": value}) == []
