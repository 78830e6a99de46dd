"""Section 2, stats (S000): how many open assignments stand on each task, and their chats."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conformance.client import ABSENT_ID, INSTANT, Case, done, refused
from tests.conformance.conftest import Site
from tests.conformance.scenes import RUNS, Desk, open_desk

CHAT = {
    *("chatId", "chatUuid", "title", "summary", "assignmentId", "memberName", "memberId", "currentTaskName"),
    *("workflowName", "lastMessageAt", "messageCount"),
}


def stats_path(desk: Desk) -> str:
    return f"{desk.path}/workflows/{desk.workflow['id']}/task-assignment-stats"


def chats_path(desk: Desk, key: str = "classify") -> str:
    return f"{desk.path}/workflows/{desk.workflow['id']}/tasks/{desk.task_id(key)}/chats"


def counts(desk: Desk, **query: Any) -> dict[str, int]:
    found = done(desk.manager.get(stats_path(desk), query))
    keys = {str(task["id"]): task["key"] for task in desk.workflow["tasks"]}
    return {keys[task_id]: one["count"] for task_id, one in found.items()}


def chats(desk: Desk, key: str = "classify", **query: Any) -> dict[str, Any]:
    return done(desk.manager.get(chats_path(desk, key), query))


def say(desk: Desk, case: Case, content: str = "Hello") -> None:
    done(desk.manager.post(f"{desk.path}/chats/{case.made['chatId']}/messages", {"content": content}), 201)


# Counts


def test_the_answer_maps_every_task_of_the_workflow_to_its_count_zero_included(fresh: Desk):
    empty = done(fresh.manager.get(stats_path(fresh)))

    assert empty == {str(task["id"]): {"count": 0} for task in fresh.workflow["tasks"]}


def test_a_count_is_of_open_assignments_by_their_current_task(fresh: Desk):
    for state in RUNS:
        RUNS[state](fresh)
    fresh.case().finish(fresh.ada, {"topic": "fault"})
    fresh.case(chat=False)

    # pending, running, paused, resumed and the one without a chat stand on the first task.
    assert counts(fresh) == {"classify": 5, "review": 0, "resolve": 1}


def test_a_case_that_is_selected_elsewhere_counts_there(fresh: Desk):
    case = fresh.case()
    done(fresh.ada.put(f"{case.path}/tasks/{case.task('review')['id']}/select"))

    assert counts(fresh) == {"classify": 0, "review": 1, "resolve": 0}
    assert (chats(fresh)["total"], chats(fresh, "review")["total"]) == (0, 1)


def test_another_workflows_assignments_do_not_count(fresh: Desk):
    fresh.case(workflow=fresh.pair)

    assert set(counts(fresh).values()) == {0}


# Chats


def test_the_list_answers_items_total_limit_and_offset(fresh: Desk):
    case = fresh.case(title="Printer on fire")
    say(fresh, case, "one")
    say(fresh, case, "two")

    found = chats(fresh)

    assert found.keys() == {"items", "total", "limit", "offset"}
    assert (found["total"], found["limit"], found["offset"]) == (1, 100, 0)
    (item,) = found["items"]
    assert item.keys() == CHAT
    assert (item["chatId"], item["chatUuid"]) == (case.made["chatId"], case.made["chatUuid"])
    assert (item["title"], item["assignmentId"], item["messageCount"]) == ("Printer on fire", case.id, 2)
    assert (item["memberId"], item["memberName"]) == (fresh.ada.member_id, case.made["memberName"])
    assert (item["currentTaskName"], item["workflowName"]) == ("Classify the ticket", "Support desk")
    assert INSTANT.fullmatch(item["lastMessageAt"])


def test_chats_are_of_open_assignments_whose_current_task_it_is(fresh: Desk):
    waiting, moved, without = fresh.case(), fresh.case(), fresh.case(chat=False)
    moved.finish(fresh.ada, {"topic": "fault"})
    RUNS["cancelled"](fresh)

    assert [item["assignmentId"] for item in chats(fresh)["items"]] == [waiting.id]
    assert [item["assignmentId"] for item in chats(fresh, "resolve")["items"]] == [moved.id]
    assert without.id not in {item["assignmentId"] for item in chats(fresh)["items"]}


def test_the_newest_last_message_comes_first_then_chat_id(fresh: Desk):
    silent = [fresh.case() for _ in range(2)]
    talking = [fresh.case() for _ in range(3)]
    for case in (talking[1], talking[2], talking[0]):
        say(fresh, case)

    order = [item["assignmentId"] for item in chats(fresh)["items"]]

    assert order[:3] == [talking[0].id, talking[2].id, talking[1].id]
    assert order[3:] == [case.id for case in silent]


def test_a_chat_that_is_deleted_is_not_listed(fresh: Desk):
    kept, gone = fresh.case(), fresh.case()
    done(fresh.ada.delete(f"{fresh.path}/chats/{gone.made['chatId']}"), 204)

    assert [item["assignmentId"] for item in chats(fresh)["items"]] == [kept.id]
    assert counts(fresh)["classify"] == 2


def test_count_is_at_least_the_total_of_chats_and_equal_when_every_open_assignment_has_one(fresh: Desk):
    for state in RUNS:
        RUNS[state](fresh)
    keys = ("classify", "review", "resolve")
    assert {key: chats(fresh, key)["total"] for key in keys} == counts(fresh)

    fresh.case(chat=False)

    assert counts(fresh)["classify"] == chats(fresh)["total"] + 1


# Paging


@pytest.fixture(scope="module")
def crowd(site: Site) -> Desk:
    """A workspace with more chats on a task than are told by default."""
    desk = open_desk(site.workspace())
    for _ in range(103):
        desk.case()
    return desk


def test_limit_is_by_default_100_and_at_most_500(crowd: Desk):
    assert (len(chats(crowd)["items"]), chats(crowd)["total"]) == (100, 103)
    assert len(chats(crowd, limit=500)["items"]) == 103


def test_pages_together_are_the_whole_list(crowd: Desk):
    whole = [item["chatId"] for item in chats(crowd, limit=500)["items"]]

    pages = [chats(crowd, limit=40, offset=offset) for offset in (0, 40, 80)]

    assert [item["chatId"] for one in pages for item in one["items"]] == whole
    assert [(one["limit"], one["offset"], one["total"]) for one in pages] == [(40, n, 103) for n in (0, 40, 80)]


@pytest.mark.parametrize("offset", [103, 10**9, 10**30])
def test_an_offset_outside_the_data_is_an_empty_page(crowd: Desk, offset: int):
    far = chats(crowd, offset=offset)

    assert (far["items"], far["total"]) == ([], 103)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("limit", value) for value in ("0", "-1", "501", "x", "", "1.5", str(10**30))),
        *(("offset", value) for value in ("-1", "x", "", "1.5")),
    ],
)
def test_a_bad_limit_or_offset_is_400_and_named(desk: Desk, name: str, value: str):
    assert name in refused(desk.manager.get(chats_path(desk), {name: value}), 400)


# Dates


def both(desk: Desk, **query: Any) -> tuple[int, int]:
    """What both calls find on the first task."""
    return counts(desk, **query)["classify"], chats(desk, **query)["total"]


def test_both_bounds_are_inclusive_and_bound_the_assignments_creation(fresh: Desk):
    made = fresh.case().made["createdAt"]
    at = datetime.fromisoformat(made)
    # An instant is shown by its millisecond; what bounds it is not meant to be finer.
    before, after = ((at + timedelta(milliseconds=n)).isoformat() for n in (-1, 1))

    assert both(fresh, from_date=made) == (1, 1)
    assert both(fresh, to_date=after) == (1, 1)
    assert both(fresh, from_date=made, to_date=made) == (1, 1)
    assert both(fresh, from_date=after) == (0, 0)
    assert both(fresh, to_date=before) == (0, 0)


def test_a_bare_to_date_holds_its_whole_day_in_utc(fresh: Desk):
    day = fresh.case().made["createdAt"][:10]
    yesterday, tomorrow = (str(datetime.fromisoformat(day).date() + timedelta(days=n)) for n in (-1, 1))

    assert both(fresh, from_date=day, to_date=day) == (1, 1)
    assert both(fresh, to_date=yesterday) == (0, 0)
    assert both(fresh, from_date=tomorrow) == (0, 0)
    assert both(fresh, from_date=yesterday, to_date=tomorrow) == (1, 1)


def test_an_instant_may_have_any_offset(fresh: Desk):
    at = datetime.fromisoformat(fresh.case().made["createdAt"]).astimezone(UTC)

    assert both(fresh, from_date=f"{at:%Y-%m-%dT%H:%M:%S}Z", to_date="2999-01-01T00:00:00+14:00") == (1, 1)
    assert both(fresh, from_date="2999-01-01T00:00:00-05:30") == (0, 0)


@pytest.mark.parametrize("name", ["from_date", "to_date"])
@pytest.mark.parametrize(
    "value",
    [
        *("yesterday", "2024-13-01", "2024-02-30", "01/15/2024", "2024-1-5", "", "20240115x", "1705276800"),
        *("2024-01-15T25:00:00Z", "2024-01-15T10:00:00+99:00", "99999-01-01", "2024-01-15'--"),
    ],
)
def test_a_bad_date_is_400_on_both(desk: Desk, name: str, value: str):
    for path in (stats_path(desk), chats_path(desk)):
        assert name in refused(desk.manager.get(path, {name: value}), 400)


# Who may


def paths(desk: Desk) -> tuple[str, str]:
    return stats_path(desk), chats_path(desk)


def test_both_need_use_and_no_scope(desk: Desk):
    scoped = desk.workspace.member(scopes=["assignments:admin", "analytics:admin"])

    for path in paths(desk):
        assert desk.ada.get(path).status_code == 200
        refused(desk.outsider.get(path), 403)
        refused(scoped.get(path), 403)
        refused(desk.ada.anonymous().get(path), 401)


def test_an_absent_workflow_is_404_on_both(desk: Desk):
    for absent in (ABSENT_ID, 0, 10**30):
        refused(desk.manager.get(f"{desk.path}/workflows/{absent}/task-assignment-stats"), 404)
        refused(desk.manager.get(f"{desk.path}/workflows/{absent}/tasks/{desk.task_id('review')}/chats"), 404)


def test_a_task_that_is_not_this_workflows_is_404(desk: Desk):
    path = f"{desk.path}/workflows/{desk.workflow['id']}/tasks"

    for wrong in (desk.pair["tasks"][0]["id"], ABSENT_ID, 0):
        refused(desk.manager.get(f"{path}/{wrong}/chats"), 404)


@pytest.mark.parametrize("wrong", ["support", "1.5", "%20", "1x"])
def test_an_id_that_is_no_integer_is_400(desk: Desk, wrong: str):
    refused(desk.manager.get(f"{desk.path}/workflows/{wrong}/task-assignment-stats"), 400)
    refused(desk.manager.get(f"{desk.path}/workflows/{desk.workflow['id']}/tasks/{wrong}/chats"), 400)
