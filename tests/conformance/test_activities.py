"""Section 5, the activity surface (S003): how activities are rendered, sorted, paged, thinned out and related."""

from itertools import pairwise
from typing import Any

import pytest

from tests.conformance.client import ABSENT_UUID, INSTANT, JSON_API, UUID, WORK, Caller, done, refused
from tests.conformance.conftest import Site
from tests.conformance.scenes import RUNS, Desk, open_desk

ATTRIBUTES = {
    *("id", "assigned_account_id", "name", "status", "started_at", "completed_at", "try_resolve_at", "actor_roles"),
    *("whitelisted_ids", "blacklisted_ids", "working_seconds", "live_seconds", "pipeline_seconds", "data", "output"),
    *("indicators", "created_at"),
}

TYPES = {"project": "workflow/projects", "work_unit": "workflow/work_units", "node": "workflow/nodes"}


@pytest.fixture(scope="module")
def floor(site: Site) -> Desk:
    """A workspace whose activities stand still: ten, of two projects, in several states."""
    desk = open_desk(site.workspace())
    for state in ("pending", "completed", "failed", "paused", "cancelled"):
        RUNS[state](desk)
    desk.case(workflow=desk.pair).finish(desk.bob, task="left")
    desk.case().moved(desk.bob, "assign")
    desk.case()
    return desk


def document(who: Caller, query: Any = None, **words: Any) -> dict[str, Any]:
    return done(who.get(f"{WORK}/activities", query, **words))


def resources(who: Caller, query: Any = None) -> list[dict[str, Any]]:
    return document(who, query)["data"]


def ids(who: Caller, query: Any = None) -> list[str]:
    return [one["id"] for one in resources(who, query)]


# Rendering


def test_a_page_is_data_and_meta(floor: Desk):
    page = document(floor.manager)

    assert page.keys() == {"data", "meta"}
    assert page["meta"] == {}
    assert len(page["data"]) == 10


def test_a_resource_has_type_id_attributes_and_relationships(floor: Desk):
    for one in resources(floor.manager):
        assert one.keys() == {"type", "id", "attributes", "relationships"}
        assert one["type"] == "workflow/activities"
        assert UUID.fullmatch(one["id"])


def test_attributes_are_those_that_s003_lists_id_included(floor: Desk):
    for one in resources(floor.manager):
        assert one["attributes"].keys() == ATTRIBUTES
        assert one["attributes"]["id"] == one["id"]


def test_attributes_have_the_types_that_s003_gives_them(floor: Desk):
    for one in resources(floor.manager):
        shown = one["attributes"]
        assert isinstance(shown["assigned_account_id"], int | None)
        assert all(shown[name] is None or INSTANT.fullmatch(shown[name]) for name in ATTRIBUTES if name.endswith("_at"))
        assert all(isinstance(shown[name], list) for name in ("actor_roles", "whitelisted_ids", "blacklisted_ids"))
        assert all(isinstance(shown[name], int | float) for name in ATTRIBUTES if name.endswith("_seconds"))
        assert all(isinstance(shown[name], dict) for name in ("data", "indicators"))
        assert isinstance(shown["output"], dict | None)


def test_relationships_project_work_unit_and_node_are_always_there(floor: Desk):
    for one in resources(floor.manager, {"fields[workflow/activities][]": "name"}):
        assert one["relationships"].keys() == TYPES.keys()
        for name, related in one["relationships"].items():
            assert related.keys() == {"data"}
            assert related["data"].keys() == {"type", "id"}
            assert related["data"]["type"] == TYPES[name]
            assert related["data"]["id"].isdecimal(), "ids are strings"


def test_one_is_read_as_the_list_shows_it(floor: Desk):
    first = resources(floor.manager)[1]

    alone = done(floor.manager.get(f"{WORK}/activities/{first['id']}"))

    assert alone == {"data": first}


def test_what_is_no_activity_is_404(desk: Desk):
    for wrong in (ABSENT_UUID, "1", "no-uuid", "null", "%20"):
        refused(desk.manager.get(f"{WORK}/activities/{wrong}"), 404)


def test_answers_are_json_api(desk: Desk):
    uuid = desk.case().task("classify")["uuid"]

    answers = [
        desk.manager.get(f"{WORK}/activities"),
        desk.manager.get(f"{WORK}/activities/{uuid}"),
        desk.ada.patch(f"{WORK}/activities/{uuid}/assign", {}),
        desk.manager.get(f"{WORK}/activities/{ABSENT_UUID}"),
        desk.manager.get(f"{WORK}/activities", sort="colour"),
        desk.manager.anonymous().get(f"{WORK}/activities"),
        desk.manager.get(f"{WORK}/nothing/here"),
        desk.manager.delete(f"{WORK}/activities"),
    ]

    assert {answer.headers["content-type"] for answer in answers} == {JSON_API}
    assert [answer.status_code for answer in answers] == [200, 200, 200, 404, 422, 401, 404, 405]


@pytest.mark.parametrize("media_type", ["application/json", JSON_API, "application/json; charset=utf-8"])
def test_json_comes_in_as_either_media_type(desk: Desk, media_type: str):
    uuid = desk.case().task("classify")["uuid"]
    headers = {"content-type": media_type}

    done(
        desk.ada.send("PATCH", f"{WORK}/activities/{uuid}/assign", content=b'{"start_working": true}', headers=headers)
    )


# Pages


def test_page_number_is_from_1_and_page_size_splits_the_list(floor: Desk):
    whole = ids(floor.manager)

    pages = [ids(floor.manager, {"page[number]": number, "page[size]": 4}) for number in (1, 2, 3, 4)]

    assert pages == [whole[:4], whole[4:8], whole[8:], []]
    assert ids(floor.manager, {"page[size]": 1000}) == ids(floor.manager, {"page[number]": 1}) == whole


@pytest.mark.parametrize("number", [10**6, 10**12, 10**30])
def test_a_page_outside_the_data_is_an_empty_page(floor: Desk, number: int):
    assert document(floor.manager, {"page[number]": number, "count": "true"}) == {"data": [], "meta": {"count": 10}}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("page[number]", value) for value in ("0", "-1", "x", "1.5")),
        *(("page[size]", value) for value in ("0", "-1", "1001", "x", "1.5", str(10**30))),
        *(("count", value) for value in ("perhaps", "2")),
        *(("sort", value) for value in ("colour", "-colour", "name,colour", "name;drop table", "--name", "data->>1")),
        *(("included[]", value) for value in ("members", "project,colour", "activities")),
        *(("included", value) for value in ("members",)),
        *(("fields[workflow/activities][]", value) for value in ("colour", "name,colour")),
        *(("fields[workflow/spaceships][]", value) for value in ("name",)),
    ],
)
def test_a_bad_parameter_is_422_and_the_error_tells_which(floor: Desk, name: str, value: str):
    told = refused(floor.manager.get(f"{WORK}/activities", {name: value}), 422)

    assert name.partition("[")[0] in told


def test_count_true_adds_the_total_to_meta(floor: Desk):
    assert document(floor.manager, count="true")["meta"] == {"count": 10}
    assert document(floor.manager, {"count": "true", "page[size]": 2})["meta"] == {"count": 10}
    query = {"count": "true", "filter[project_id]": floor.pair["id"]}
    assert document(floor.manager, query)["meta"] == {"count": 2}
    assert document(floor.manager, count="false")["meta"] == {}


# Order


def test_the_default_is_id_ascending_by_creation(floor: Desk):
    shown = resources(floor.manager)

    assert [one["attributes"]["created_at"] for one in shown] == sorted(
        one["attributes"]["created_at"] for one in shown
    )
    assert ids(floor.manager, {"sort": "id"}) == [one["id"] for one in shown]
    assert ids(floor.manager, {"sort": "-id"}) == [one["id"] for one in reversed(shown)]


@pytest.mark.parametrize("name", ["name", "status", "created_at", "working_seconds", "assigned_account_id"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_sort_orders_by_a_column_either_way(floor: Desk, name: str, sign: str):
    shown = [one["attributes"][name] for one in resources(floor.manager, {"sort": f"{sign}{name}"})]
    values = [value for value in shown if value is not None]

    assert len(shown) == 10
    if name == "status":  # in whatever order of its own, equals stand together
        assert len({*values}) == 1 + sum(one != other for one, other in pairwise(values))
    else:
        assert values == sorted(values, reverse=sign == "-")


def test_sort_goes_from_left_to_right_and_ties_by_creation(floor: Desk):
    shown = resources(floor.manager)
    place = {one["id"]: number for number, one in enumerate(shown)}

    by_name = sorted(shown, key=lambda one: (one["attributes"]["name"], -place[one["id"]]))
    assert ids(floor.manager, {"sort": "name,-created_at"}) == [one["id"] for one in by_name]

    ties = sorted(shown, key=lambda one: (one["attributes"]["name"], place[one["id"]]))
    assert ids(floor.manager, {"sort": "name"}) == [one["id"] for one in ties]


# Fields


def test_fields_thin_out_the_attributes_and_nothing_else(floor: Desk):
    one, whole = (resources(floor.manager, query)[0] for query in ({"fields[workflow/activities][]": "name"}, None))

    assert one["attributes"] == {"name": whole["attributes"]["name"]}
    assert (one["id"], one["relationships"]) == (whole["id"], whole["relationships"])


@pytest.mark.parametrize(
    "query",
    [
        "fields[workflow/activities][]=name&fields[workflow/activities][]=status",
        "fields[workflow/activities][]=name,status",
        "fields[workflow/activities]=name,status",
        "fields[workflow/activities]=name&fields[workflow/activities]=status",
        "fields%5Bworkflow%2Factivities%5D%5B%5D=name&fields%5Bworkflow%2Factivities%5D%5B%5D=status",
        "fields%5Bworkflow/activities%5D=name%2Cstatus",
    ],
)
def test_fields_come_repeated_or_as_a_comma_list_with_brackets_encoded_or_not(floor: Desk, query: str):
    answer = floor.manager.get(f"{WORK}/activities?{query}")

    assert all(one["attributes"].keys() == {"name", "status"} for one in done(answer)["data"])


def test_fields_of_one_activity(floor: Desk):
    uuid = ids(floor.manager)[0]

    shown = done(floor.manager.get(f"{WORK}/activities/{uuid}", {"fields[workflow/activities][]": "status"}))

    assert shown["data"]["attributes"].keys() == {"status"}


# Included


@pytest.mark.parametrize("name", TYPES)
def test_included_brings_along_what_is_related_each_once(floor: Desk, name: str):
    page = document(floor.manager, {"included[]": name})

    assert page.keys() == {"data", "included", "meta"}
    brought = [(one["type"], one["id"]) for one in page["included"]]
    wanted = {tuple(one["relationships"][name]["data"].values()) for one in page["data"]}
    assert len(brought) == len(set(brought))
    assert set(brought) == wanted
    assert all(one["attributes"]["id"] == one["id"] for one in page["included"])


@pytest.mark.parametrize(
    "query",
    [
        "included[]=project&included[]=node",
        "included[]=project,node",
        "included=project,node",
        "included%5B%5D=project&included%5B%5D=node",
        "included%5B0%5D=project&included%5B1%5D=node",
        "included[]=project,%20node&included[]=project",
    ],
)
def test_included_comes_repeated_or_as_a_comma_list_with_brackets_encoded_or_not(floor: Desk, query: str):
    page = done(floor.manager.get(f"{WORK}/activities?{query}"))

    assert {one["type"] for one in page["included"]} == {"workflow/projects", "workflow/nodes"}


def test_included_is_of_the_page_and_may_be_thinned_out_too(floor: Desk):
    query = {"included[]": "project,work_unit", "page[size]": 1, "fields[workflow/projects][]": "name"}

    project, unit = document(floor.manager, query)["included"]

    assert project["attributes"] == {"name": "Support desk"}
    assert (unit["type"], unit["attributes"]["name"] != "") == ("workflow/work_units", True)


def test_included_of_one_activity_and_of_an_action(desk: Desk):
    case = desk.case()
    uuid = case.task("classify")["uuid"]

    read = done(desk.ada.get(f"{WORK}/activities/{uuid}", {"included[]": "project,work_unit,node"}))
    acted = done(desk.ada.patch(f"{WORK}/activities/{uuid}/assign?included[]=node", {}))

    assert [one["type"] for one in read["included"]] == [*TYPES.values()]
    assert [one["id"] for one in read["included"]] == [
        str(desk.workflow["id"]),
        str(case.id),
        str(desk.task_id("classify")),
    ]
    assert [one["type"] for one in acted["included"]] == ["workflow/nodes"]


# Who sees what


def test_a_project_member_sees_activities_of_its_projects(fresh: Desk):
    support, pair = fresh.case(), fresh.case(workflow=fresh.pair)
    by_grant, by_role = fresh.workspace.member(), fresh.workspace.member(actorRoles=["agent"])
    fresh.workspace.allow(fresh.pair, by_grant)

    def seen(who: Caller) -> set[str]:
        return {one["relationships"]["work_unit"]["data"]["id"] for one in resources(who)}

    assert seen(fresh.ada) == {str(support.id), str(pair.id)}
    assert seen(by_grant) == {str(pair.id)}
    assert seen(by_role) == {str(support.id)}, "the tasks of the one ask for its role, the other's for none"
    assert seen(fresh.outsider) == set()


def test_activities_read_sees_everything_and_changes_nothing(desk: Desk):
    uuid = desk.case().task("classify")["uuid"]
    reader = desk.workspace.member(scopes=["activities:read"])

    assert uuid in ids(reader, {"page[size]": 1000})
    assert done(reader.get(f"{WORK}/activities/{uuid}"))["data"]["id"] == uuid
    refused(reader.post(f"{WORK}/activities/{uuid}/cancel"), 403)


def test_outside_what_the_caller_may_see_is_404(desk: Desk):
    uuid = desk.case().task("classify")["uuid"]

    refused(desk.outsider.get(f"{WORK}/activities/{uuid}"), 404)
    for action in ("assign", "complete", "process", "reassign", "unassign", "pause"):
        body = {"complete": {"data": {}}, "reassign": {"account_id": desk.ada.account_id}}.get(action, {})
        refused(desk.outsider.patch(f"{WORK}/activities/{uuid}/{action}", body), 404)
    refused(desk.outsider.patch(f"{WORK}/activities/{uuid}", {"data": {}}), 404)
    for action in ("cancel", "error"):
        refused(desk.outsider.post(f"{WORK}/activities/{uuid}/{action}", {}), 404)
