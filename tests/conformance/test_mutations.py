"""Section 6, for every mutation: Idempotency-Key, ETag and If-Match, and two that race."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import Any

import httpx
import pytest

from tests.conformance.changes import CHANGES, MAKES, REMOVALS, Change
from tests.conformance.client import WORK, act, done, refused
from tests.conformance.conftest import Site
from tests.conformance.scenes import Desk, open_desk

ALL = {**MAKES, **CHANGES}

_numbers = count(1)


def new_key() -> str:
    return f"key-{next(_numbers)}"


def same(one: httpx.Response, other: httpx.Response) -> bool:
    """Whether two answers are the same, byte for byte."""
    heads = [(answer.headers.get("etag"), answer.headers["content-type"]) for answer in (one, other)]
    return (one.status_code, one.content, heads[0]) == (other.status_code, other.content, heads[1])


# Idempotency-Key


@pytest.mark.parametrize("name", ALL)
def test_the_same_key_and_body_give_the_first_answer_again_byte_for_byte(desk: Desk, name: str):
    change, key = ALL[name](desk), new_key()

    first = change.send(idempotency_key=key)
    again = change.send(idempotency_key=key)

    assert first.is_success, first.text
    assert same(first, again)


@pytest.mark.parametrize("name", ALL)
def test_the_same_key_with_another_body_is_422_and_changes_nothing(desk: Desk, name: str):
    change, key = ALL[name](desk), new_key()
    first = change.send(idempotency_key=key)
    assert first.is_success, first.text
    tag = change.tag() if change.read else None

    answer = change.send(other=True, idempotency_key=key)

    refused(answer, 422)
    assert tag is None or change.tag() == tag
    assert same(change.send(idempotency_key=key), first), "the key still stands for the first"


@pytest.mark.parametrize(
    ("name", "collection"),
    [
        ("make an assignment", "assignments"),
        ("make a workflow", "workflows"),
        ("make a member", "members"),
        ("import members", "members"),
        ("make a role", "roles"),
        ("make a key", "keys"),
        ("make a chat", "chats"),
        ("make a chat with an assignment", "assignments"),
    ],
)
def test_what_comes_again_with_its_key_is_made_once(desk: Desk, name: str, collection: str):
    def total() -> int:
        return done(desk.manager.get(f"{desk.path}/{collection}"))["total"]

    change, key = MAKES[name](desk), new_key()
    before = total()

    for _ in range(3):
        change.send(idempotency_key=key)

    assert total() == before + 1


def test_the_first_answer_comes_again_whatever_has_happened_since(desk: Desk):
    case, key = desk.case(), new_key()
    first = desk.ada.put(case.path, {"title": "One"}, idempotency_key=key)
    done(desk.ada.put(case.path, {"title": "Two"}))
    done(desk.ada.post(f"{case.path}/cancel"))

    again = desk.ada.put(case.path, {"title": "One"}, idempotency_key=key)

    assert same(first, again)
    assert case.assignment()["title"] == "Two"


def test_many_that_come_at_once_with_one_key_are_made_once(desk: Desk):
    body = {"workflowId": desk.workflow["id"]}
    who, key = desk.workspace.member(role="Manager"), new_key()

    with ThreadPoolExecutor(6) as pool:
        answers = [*pool.map(lambda _: who.post(f"{desk.path}/assignments", body, idempotency_key=key), range(6))]

    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 503}, "503 says to try again"
    assert done(who.get(f"{desk.path}/assignments", mine="true"))["total"] == 1


def test_a_key_is_its_callers_own(desk: Desk):
    key, body = new_key(), {"workflowId": desk.workflow["id"]}

    made = [done(who.post(f"{desk.path}/assignments", body, idempotency_key=key), 201) for who in (desk.ada, desk.bob)]

    assert [one["memberId"] for one in made] == [desk.ada.member_id, desk.bob.member_id]


def test_a_refused_change_does_not_use_up_its_key(desk: Desk):
    case, key = desk.case(), new_key()
    refused(case.move(desk.ada, "complete", {"data": {"topic": "fault"}}, idempotency_key=key), 409)
    case.moved(desk.ada, "assign")

    done(case.move(desk.ada, "complete", {"data": {"topic": "fault"}}, idempotency_key=key))


# ETag and If-Match


@pytest.mark.parametrize("name", CHANGES)
def test_answers_carry_an_etag_that_moves_with_each_change(desk: Desk, name: str):
    change = CHANGES[name](desk)
    before = change.tag() if change.read else None

    answer = change.send()

    assert answer.is_success, answer.text
    assert answer.headers["etag"] != before
    assert change.read is None or change.tag() == answer.headers["etag"]


@pytest.mark.parametrize("name", [*CHANGES, *REMOVALS])
def test_if_match_that_matches_lets_the_change_through(desk: Desk, name: str):
    change = {**CHANGES, **REMOVALS}[name](desk)
    tag = change.tag() if change.read else "*"

    answer = change.send(if_match=tag)

    assert answer.is_success, answer.text


@pytest.mark.parametrize("tag", ['"999999"', '"0"', '"x"', "x", '""', 'W/"1"'])
@pytest.mark.parametrize("name", [*CHANGES, *REMOVALS])
def test_if_match_that_does_not_match_is_412_and_changes_nothing(standing: dict[str, Change], name: str, tag: str):
    change = standing[name]
    before = change.tag() if change.read else None

    refused(change.send(if_match=tag), 412)

    assert before is None or change.tag() == before


@pytest.fixture(scope="module")
def standing(site: Site) -> dict[str, Change]:
    """Each change, ready, and never made."""
    desk = open_desk(site.workspace())
    return {name: make(desk) for name, make in {**CHANGES, **REMOVALS}.items()}


def test_a_tag_of_before_is_412_after_somebody_elses_change(desk: Desk):
    case = desk.case()
    uuid = case.task("classify")["uuid"]
    old = desk.ada.get(f"{WORK}/activities/{uuid}").headers["etag"]
    case.moved(desk.bob, "assign")

    refused(act(desk.lead, uuid, "cancel", {}, if_match=old), 412)

    assert case.activities()[0]["status"] == "assigned"


# Races


def at_once(*calls: Any) -> list[int]:
    """The statuses of calls that are made at the same time, sorted."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(lambda call: call().status_code, calls))


def test_of_two_that_assign_at_once_one_wins(desk: Desk):
    for _ in range(5):
        case = desk.case()
        uuid = case.task("classify")["uuid"]

        assert at_once(*(partial(act, who, uuid, "assign") for who in (desk.ada, desk.bob))) == [200, 409]


def test_of_two_that_complete_at_once_one_wins(desk: Desk):
    for _ in range(5):
        case = desk.case()
        case.start(desk.ada)
        uuid = case.task("classify")["uuid"]
        bodies = ({"data": {"topic": topic}} for topic in ("fault", "billing"))

        assert at_once(*(partial(act, desk.ada, uuid, "complete", body) for body in bodies)) == [200, 409]
        assert len(case.activities()) == 2, "one way was taken"


def test_of_a_cancel_on_each_surface_at_once_one_wins(desk: Desk):
    for _ in range(5):
        case = desk.case()
        paths = (f"{case.path}/cancel", f"{WORK}/work_units/{case.id}/cancel")

        assert at_once(*(partial(desk.ada.post, path) for path in paths)) == [200, 409]


def test_of_two_that_expect_the_same_state_one_wins(desk: Desk):
    for _ in range(5):
        case = desk.case()
        tag = desk.ada.get(case.path).headers["etag"]
        titles = ({"title": "One"}, {"title": "Two"})

        assert at_once(*(partial(desk.ada.put, case.path, title, if_match=tag) for title in titles)) == [200, 412]


def test_of_two_runs_of_a_chat_that_start_at_once_one_wins(desk: Desk):
    for _ in range(5):
        chat = done(desk.ada.post(f"{desk.path}/chats", {}), 201)["uuid"]
        body = {"content": "Go", "workflowId": desk.workflow["uuid"]}
        start = partial(desk.ada.post, f"/api/chats/{chat}/messages", body)

        assert at_once(start, start) == [201, 409]
        assert len(done(desk.ada.get(f"/api/chats/{chat}/workflow-runs"))["data"]["workflowRuns"]) == 1


def test_of_two_workflows_with_one_key_that_are_made_at_once_one_wins(desk: Desk):
    change = MAKES["make a workflow"](desk)

    assert at_once(change.send, change.send) == [201, 409]
