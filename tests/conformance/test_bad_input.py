"""Whatever is sent to whatever surface: it is refused in that surface's shape, never a 500, and nothing changes."""

import json
from typing import Any

import httpx
import pytest

from tests.conformance.changes import CHANGES, MAKES, Change
from tests.conformance.client import ABSENT_UUID, WORK, Caller, done, refused
from tests.conformance.conftest import Site
from tests.conformance.scenes import Desk, open_desk

MALFORMED: dict[str, bytes] = {
    "an open brace": b"{",
    "an open text": b'{"title": "x',
    "single quotes": b"{'title': 'x'}",
    "a trailing comma": b'{"title": "x",}',
    "two values": b"{} {}",
    "not a number": b'{"priority": NaN}',
    "infinity": b'{"priority": -Infinity}',
    "a bare word": b"title",
    "a control character": b'{"title": "\x01"}',
    "Latin-1": b'{"title": "\xe4"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "an encoded surrogate": b'{"title": "\xed\xa0\x80"}',
    "NUL itself": b"\0",
    "a comment": b'{"title": "x"} // please',
    "brackets never closed": b"[" * 60,
}
"""What is no JSON."""

UNFIT: dict[str, bytes] = {
    "a number": b"7",
    "a text": b'"x"',
    "true": b"true",
    "a list of numbers": b"[1, 2]",
    "an unknown field": b'{"spaceship": 1}',
    "NUL in a name": b'{"spaceship\\u0000": 1}',
    "half a surrogate pair": b'{"spaceship": "\\ud800"}',
    "the other half": b'{"spaceship": "\\udc00\\ud800"}',
    "a number out of all bounds": b'{"spaceship": 1e400}',
    "an integer of a thousand digits": b'{"spaceship": ' + b"9" * 1000 + b"}",
    "prototype": b'{"__proto__": {"admin": true}}',
}
"""What is JSON (or nearly), and fits nothing that takes a body."""

TEXTS = ["\0", "a\0b", "\ud800", "\udfff\ud800"]
"""What no column holds: NUL, and half a surrogate pair."""


@pytest.fixture(scope="module")
def standing(site: Site) -> dict[str, Change]:
    """Each change, ready, and never made."""
    desk = open_desk(site.workspace())
    return {name: make(desk) for name, make in {**MAKES, **CHANGES}.items()}


def sent(change: Change, content: bytes, media_type: str = "application/json") -> httpx.Response:
    headers = {"content-type": media_type}
    return change.who.send(change.method, change.path, content=content, headers=headers)


TAKES_NO_BODY = {"select a task"}


@pytest.mark.parametrize("name", [name for name in (*MAKES, *CHANGES) if name not in TAKES_NO_BODY])
def test_what_is_no_json_is_400_and_changes_nothing(standing: dict[str, Change], name: str):
    change = standing[name]
    before = change.tag() if change.read else None

    for told, content in MALFORMED.items():
        assert refused(sent(change, content), 400), told

    assert before is None or change.tag() == before


@pytest.mark.parametrize("name", [name for name in (*MAKES, *CHANGES) if name not in TAKES_NO_BODY])
def test_what_fits_nothing_is_refused_and_changes_nothing(standing: dict[str, Change], name: str):
    change = standing[name]
    before = change.tag() if change.read else None

    for told, content in UNFIT.items():
        answer = sent(change, content)
        assert answer.status_code in (400, 422), told
        assert refused(answer, answer.status_code)

    assert before is None or change.tag() == before


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"])
@pytest.mark.parametrize("name", ["make an assignment", "say something (S001)", "save an activity", "change a member"])
def test_a_body_that_does_not_say_that_it_is_json_is_refused(standing: dict[str, Change], name: str, media_type: str):
    change = standing[name]

    answer = sent(change, b"title=x", media_type)

    assert answer.status_code in (400, 415, 422)
    assert refused(answer, answer.status_code)


HOLDERS: dict[str, Any] = {
    "make an assignment": lambda text: {"title": text},
    "make a work unit": lambda text: {"data": {"deep": [{text: 1}]}},
    "make a workflow": lambda text: {"name": text},
    "make a member": lambda text: {"name": text},
    "make a role": lambda text: {"name": text},
    "make a key": lambda text: {"name": text},
    "make a chat": lambda text: {"title": text},
    "say something": lambda text: {"content": text},
    "say something (S001)": lambda text: {"content": text},
    "change an assignment": lambda text: {"data": {"deep": [{"note": text}]}},
    "cancel an assignment": lambda text: {"reason": text},
    "save an activity": lambda text: {"data": {"note": text}},
    "complete an activity": lambda text: {"data": {"topic": "fault", "note": text}},
    "error an activity": lambda text: {"data": {"comment": text}},
    "change a work unit": lambda text: {"name": text},
    "change a member": lambda text: {"data": {text: text}},
    "change a chat": lambda text: {"summary": text},
}


@pytest.mark.parametrize("name", HOLDERS)
def test_text_that_no_column_holds_is_refused_wherever_it_stands(standing: dict[str, Change], name: str):
    change = standing[name]
    before = change.tag() if change.read else None

    for text in TEXTS:
        body = {**change.body, **HOLDERS[name](text)} if isinstance(change.body, dict) else HOLDERS[name](text)
        answer = sent(change, escaped(body))
        assert answer.status_code in (400, 422), (text, answer.text)
        assert refused(answer, answer.status_code)

    assert before is None or change.tag() == before


def escaped(value: Any) -> bytes:
    """JSON in ASCII alone, half surrogates as they are."""
    return json.dumps(value).encode("ascii")


# Queries and paths

QUERIES = [
    "page=%00",
    "page=%ff",
    "x=%ED%A0%80",
    "%00=1",
    "page=1&page=2",
    "limit=1&limit=1",
    "sort=name&sort=name",
    "=&&&=",
    "page[number][number]=1",
    "page[=1",
    "filter=1",
    "filter[[]]=1",
    "filter[data]=%7B%22a%22%3A%22%5Cu0000%22%7D",
    "filter[name]=%00",
    "fields=name",
    "included[][]=project",
    "state=%00",
    "user_id=%00",
    "user_id=" + "x" * 5000,
    "status=" + "pending," * 500,
    "from_date=%00",
    "cursor=%00",
    "q=" + "%F0%9F%94%A5" * 200,
    "&".join(f"filter[id__in][]={ABSENT_UUID}" for _ in range(150)),
]

GETS = [
    "{path}/assignments",
    "{path}/workflows",
    "{path}/members",
    "{path}/roles",
    "{path}/keys",
    "{path}/chats",
    "{path}/events",
    "{path}/workflows/{workflow}/task-assignment-stats",
    "{path}/workflows/{workflow}/tasks/{task}/chats",
    "/api/chats/{chat}/workflow-runs",
    "/api/chats/{chat}/messages",
    "/api/users/{account}/chats",
    "/analytics/org/{org}/flows/{workflow}",
    "/analytics/org/{org}/flows/{workflow}/metrics",
    "/api/v3/workflow/activities",
    "/api/v3/workflow/work_units",
    "/api/v3/workflow/projects",
    "/api/v3/workflow/project/members",
    "/api/v3/workflow/work_periods",
]


@pytest.fixture(scope="module")
def words(desk: Desk) -> dict[str, Any]:
    case = desk.case()
    return {
        "path": desk.path,
        "org": desk.workspace.uuid,
        "workflow": desk.workflow["id"],
        "task": desk.task_id("classify"),
        "account": desk.ada.account_uuid,
        "chat": case.made["chatUuid"],
    }


@pytest.mark.parametrize("address", GETS)
def test_no_query_breaks_a_list(desk: Desk, words: dict[str, Any], address: str):
    for query in QUERIES:
        answer = desk.manager.get(f"{address.format(**words)}?{query}")

        assert answer.status_code in (200, 400, 422), (query, answer.status_code, answer.text)
        if answer.status_code != 200:
            assert refused(answer, answer.status_code)


PATHS = [
    "{path}/assignments/{wrong}",
    "{path}/assignments/1/tasks/{wrong}",
    "{path}/workflows/{wrong}/task-assignment-stats",
    "{path}/workflows/{workflow}/tasks/{wrong}/chats",
    "{path}/members/{wrong}",
    "{path}/chats/{wrong}",
    "/api/v2/w/{wrong}/assignments",
    "/api/chats/{wrong}/workflow-runs",
    "/api/users/{wrong}/chats",
    "/analytics/org/{wrong}/flows/{workflow}",
    "/analytics/org/{org}/flows/{wrong}",
    "/api/v3/workflow/activities/{wrong}",
    "/api/v3/workflow/work_units/{wrong}",
    "/api/v3/workflow/projects/{wrong}",
]

WRONG = [
    *("-1", "0", "1.0", "1e3", "0x1", "%00", "%ff", "%ED%A0%80", "%20", "..%2F..", "a%2Fb", "null", "undefined", "*"),
    *("9" * 19, "9" * 400, "{%22a%22:1}", "%F0%9F%94%A5", "'%20or%20'1'='1", "1;drop%20table%20runs", ABSENT_UUID[:-1]),
    *(f"{{{ABSENT_UUID}}}", f"urn:uuid:{ABSENT_UUID}", ABSENT_UUID.replace("-", ""), "\u0661\u0662"),
]


@pytest.mark.parametrize("address", PATHS)
def test_no_id_in_a_path_breaks_anything(desk: Desk, words: dict[str, Any], address: str):
    for wrong in WRONG:
        answer = desk.manager.get(address.format(**words, wrong=wrong))

        assert answer.status_code in (400, 403, 404, 422), (wrong, answer.status_code, answer.text)
        assert refused(answer, answer.status_code)


UNROUTED = {
    "{path}/spaceships": 404,
    "{path}": 404,
    "/api/chats": 404,
    "/api/chats/{chat}/spaceships": 404,
    "/analytics/org/{org}": 404,
    "/api/v3/workflow": 404,
    "/api/v3/workflow/spaceships": 404,
}


@pytest.mark.parametrize("address", UNROUTED)
def test_where_nothing_is_it_is_404_in_the_surfaces_own_shape(desk: Desk, words: dict[str, Any], address: str):
    refused(desk.manager.get(address.format(**words)), 404)


@pytest.mark.parametrize(
    "address", ["{path}/assignments", "/api/chats/{chat}/workflow-runs", "/analytics/org/{org}/flows/{workflow}", WORK]
)
@pytest.mark.parametrize("method", ["DELETE", "PATCH", "TRACE", "BREW"])
def test_a_method_that_there_is_not_is_refused(desk: Desk, words: dict[str, Any], address: str, method: str):
    where = f"{WORK}/activities" if address == WORK else address.format(**words)

    answer = desk.manager.send(method, where)

    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("key", ["", "x" * 256, "with blank", "\u00e4"])
def test_an_idempotency_key_that_is_none_is_refused(desk: Desk, key: str):
    who: Caller = desk.manager
    before = done(who.get(f"{desk.path}/assignments"))["total"]
    headers = {"idempotency-key": key.encode("latin-1")}

    answer = who.send("POST", f"{desk.path}/assignments", json={"workflowId": desk.workflow["id"]}, headers=headers)

    refused(answer, 400)
    assert done(who.get(f"{desk.path}/assignments"))["total"] == before
