"""Section 3, siblings: what happens, told while it happens (server-sent events)."""

from collections.abc import Iterator

import httpx
import pytest

from tests.conformance.client import ABSENT_UUID, Case, done, refused
from tests.conformance.scenes import Desk


def watched(desk: Desk, case: Case, last: str) -> Iterator[str]:
    """The names of a run's events, from the first of them until `last`, while the case goes on."""
    path = f"/api/chats/{case.made['chatUuid']}/workflow-runs/{case.made['uuid']}/stream"
    with desk.ada.http.stream("GET", path, headers=desk.ada.headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield "open"
        for name in names(answer):
            yield name
            if name == last:
                return


def names(answer: httpx.Response) -> Iterator[str]:
    return (line.partition(":")[2].strip() for line in answer.iter_lines() if line.startswith("event:"))


def test_a_run_that_completes_is_told_step_by_step(desk: Desk):
    case = desk.case()
    events = watched(desk, case, "run_completed")
    next(events)
    case.finish(desk.ada, {"topic": "fault"})
    case.finish(desk.ada)

    told = [name for name in events if name != "step_progress"]

    assert told[0] == "run_started"
    assert told[-1] == "run_completed"
    assert told.count("step_started") == told.count("step_completed") == 2


def test_a_run_that_fails_is_told_as_failed(desk: Desk):
    case = desk.case()
    events = watched(desk, case, "run_failed")
    next(events)
    case.start(desk.ada)
    case.moved(desk.ada, "error", {"data": {"comment": "No."}})

    told = list(events)

    assert told[-1] == "run_failed"
    assert "step_failed" in told


def test_a_runs_stream_is_refused_as_its_chat_is(desk: Desk):
    case = desk.case()
    stream = f"/workflow-runs/{case.made['uuid']}/stream"

    refused(desk.ada.anonymous().get(f"/api/chats/1{stream}"), 401)
    refused(desk.bob.get(f"/api/chats/1{stream}"), 400)
    refused(desk.bob.get(f"/api/chats/{ABSENT_UUID}{stream}"), 404)
    refused(desk.bob.get(f"/api/chats/{case.made['chatUuid']}{stream}"), 403)
    refused(desk.ada.get(f"/api/chats/{case.made['chatUuid']}/workflow-runs/{ABSENT_UUID}/stream"), 404)


@pytest.mark.parametrize("content", ["Where is my order?"])
def test_a_message_is_answered_from_start_to_end(desk: Desk, content: str):
    chat = done(desk.ada.post(f"{desk.path}/chats", {}), 201)["uuid"]

    answer = desk.ada.post(f"/api/chats/{chat}/messages/stream", {"content": content})

    assert answer.headers["content-type"].startswith("text/event-stream")
    told = list(names(answer))
    assert told[0] == "start"
    assert told[-1] in ("end", "error")
    assert set(told) <= {"start", "content", "tool_call", "tool_result", "end", "error"}
