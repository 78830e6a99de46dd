"""Section 6, limits: 1 MiB bodies, depth 64, every list bounded, Retry-After, and pages outside the data."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.client import WORK, Caller, done, refused
from tests.conformance.people import PASSWORD, person
from tests.conformance.scenes import Desk

MEBIBYTE = 1024 * 1024

BODIES: dict[str, tuple[str, str]] = {
    "workspace": ("POST", "{path}/assignments"),
    "workspace members": ("POST", "{path}/members/import"),
    "workspace workflows": ("POST", "{path}/workflows"),
    "workspace grants": ("PUT", "{path}/workflows/{workflow}/grants"),
    "chats": ("POST", "/api/chats/{chat}/messages"),
    "activities": ("PATCH", "/api/v3/workflow/activities/{activity}"),
    "activities complete": ("PATCH", "/api/v3/workflow/activities/{activity}/complete"),
    "work units": ("POST", "/api/v3/workflow/work_units"),
    "sign-in": ("POST", "/api/auth/sign-in/email"),
    "key login": ("POST", "/api/v3/iam/auth/api/login"),
}
"""What takes a body, on every surface."""


@pytest.fixture(scope="module")
def addresses(desk: Desk) -> dict[str, tuple[str, str]]:
    case = desk.case()
    case.moved(desk.manager, "assign", {"account_id": desk.ada.account_id})
    words = {
        "path": desk.path,
        "workflow": desk.workflow["id"],
        "chat": case.made["chatUuid"],
        "activity": case.task("classify")["uuid"],
    }
    return {name: (method, path.format(**words)) for name, (method, path) in BODIES.items()}


def send(who: Caller, address: tuple[str, str], content: Any) -> Any:
    method, path = address
    return who.send(method, path, content=content, headers={"content-type": "application/json"})


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("size", [MEBIBYTE + 1, 2 * MEBIBYTE])
def test_a_body_over_1_mib_is_413_in_the_surfaces_own_shape(desk: Desk, addresses, name: str, size: int):
    text = b'{"data": "' + b"x" * (size - 12) + b'"}'
    assert len(text) == size

    refused(send(desk.manager, addresses[name], text), 413)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_over_1_mib_is_413_also_when_its_length_was_not_announced(desk: Desk, addresses, name: str):
    def chunks() -> Iterator[bytes]:
        for _ in range(17):
            yield b" " * (64 * 1024)

    refused(send(desk.manager, addresses[name], chunks()), 413)


@pytest.mark.parametrize("status", [401, 413])
def test_a_body_that_is_refused_before_it_was_read_costs_no_later_request(desk: Desk, addresses, status: int):
    who = desk.manager if status == 413 else desk.manager.anonymous()

    for _ in range(30):
        refused(send(who, addresses["workspace"], iter([b" " * (64 * 1024)] * 17)), status)
        done(desk.manager.get("/api/liveness"))


def test_a_body_of_1_mib_is_taken(desk: Desk, addresses):
    text = json.dumps({"data": {"note": ""}})
    padded = text.encode() + b" " * (MEBIBYTE - len(text))

    done(send(desk.ada, addresses["activities"], padded))


def nested(depth: int, *, within: str) -> bytes:
    """A body that is nested so deeply, its own braces counted, in the field of that name."""
    inner = "[" * (depth - 1) + "]" * (depth - 1)
    return f'{{"{within}": {inner}}}'.encode()


@pytest.mark.parametrize("depth", [65, 100, 1000, 100_000])
@pytest.mark.parametrize("name", BODIES)
def test_a_body_nested_deeper_than_64_is_refused(desk: Desk, addresses, name: str, depth: int):
    status = 422 if addresses[name][1].startswith(WORK) else 400

    refused(send(desk.manager, addresses[name], nested(depth, within="data")), status)


def test_a_body_nested_64_deep_is_taken(desk: Desk, addresses):
    method, path = addresses["activities"]
    body = b'{"data": {"note": %s}}' % (b"[" * 62 + b"]" * 62)

    done(send(desk.ada, (method, path), body))


def test_brackets_in_text_are_no_depth(desk: Desk, addresses):
    done(send(desk.ada, addresses["activities"], json.dumps({"data": {"note": "[{" * 1000}})))


def test_too_many_wrong_passwords_are_429_with_retry_after(desk: Desk):
    who = person(desk.workspace)

    def tried(password: str) -> Any:
        return who.post("/api/auth/sign-in/email", {"email": who.email, "password": password})

    statuses = [tried("wrong horse battery").status_code for _ in range(12)]
    answer = tried(PASSWORD)

    assert set(statuses) == {401, 429}
    refused(answer, 429)
    assert int(answer.headers["retry-after"]) > 0


# Lists

LISTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "{path}/assignments": ({"page": 10**9}, {"pageSize": 10**9}),
    "{path}/workflows": ({"page": 10**9}, {"pageSize": 10**9}),
    "{path}/workflows/{workflow}/versions": ({"page": 10**9}, {"pageSize": 10**9}),
    "{path}/members": ({"page": 10**9}, {"pageSize": 10**9}),
    "{path}/roles": ({"page": 10**9}, {"pageSize": 10**9}),
    "{path}/keys": ({"page": 10**9}, {"pageSize": 10**9}),
    "{path}/chats": ({"page": 10**9}, {"pageSize": 10**9}),
    "{path}/chats/{chat}/messages": ({"page": 10**9}, {"pageSize": 10**9}),
    "{path}/workflows/{workflow}/tasks/{task}/chats": ({"offset": 10**9}, {"limit": 10**9}),
    "/api/users/{account}/chats": ({"offset": 10**9}, {"limit": 10**9}),
    "/api/chats/{chat}/messages": ({"offset": 10**9}, {"limit": 10**9}),
    "/analytics/org/{org}/flows/{workflow}": ({"page": 10**9}, {"page_size": 10**9}),
    "/api/v3/workflow/activities": ({"page[number]": 10**9}, {"page[size]": 10**9}),
    "/api/v3/workflow/work_units": ({"page[number]": 10**9}, {"page[size]": 10**9}),
    "/api/v3/workflow/projects": ({"page[number]": 10**9}, {"page[size]": 10**9}),
    "/api/v3/workflow/project/members": ({"page[number]": 10**9}, {"page[size]": 10**9}),
    "/api/v3/workflow/work_periods": ({"page[number]": 10**9}, {"page[size]": 10**9}),
}
"""Every list, with a page far outside its data, and a size that no page has."""


@pytest.fixture(scope="module")
def lists(desk: Desk) -> dict[str, str]:
    case = desk.case()
    case.start(desk.ada)
    words = {
        "path": desk.path,
        "org": desk.workspace.uuid,
        "workflow": desk.workflow["id"],
        "task": desk.task_id("classify"),
        "account": desk.ada.account_uuid,
        "chat": case.made["chatUuid"],
    }
    return {address: address.format(**words) for address in LISTS}


def items(document: Any) -> list[Any]:
    """What a list holds, in any of its shapes."""
    if isinstance(document, list):
        return document
    inner = document.get("items", document.get("data"))
    return next(value for value in inner.values() if isinstance(value, list)) if isinstance(inner, dict) else inner


@pytest.mark.parametrize("address", LISTS)
def test_a_page_outside_the_data_is_an_empty_page(desk: Desk, lists: dict[str, str], address: str):
    assert items(done(desk.manager.get(lists[address], LISTS[address][0]))) == []


@pytest.mark.parametrize("address", LISTS)
def test_every_list_is_bounded(desk: Desk, lists: dict[str, str], address: str):
    status = 422 if address.startswith((WORK, "/analytics")) else 400

    refused(desk.manager.get(lists[address], LISTS[address][1]), status)
