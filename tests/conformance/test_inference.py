"""Section 4, siblings: a flow is run, watched and judged on the analytics surface."""

from typing import Any

from tests.conformance.client import ABSENT_UUID, Caller, done, refused
from tests.conformance.scenes import Desk


def path(desk: Desk, call: str, rest: str = "") -> str:
    return f"/inference/v0/{call}/{desk.workspace.uuid}/{desk.workflow['uuid']}{rest}"


def run(desk: Desk, who: Caller, **fields: Any) -> dict[str, Any]:
    answer = who.post(path(desk, "run"), {"inputs": {"subject": "Printer"}, **fields})
    assert answer.is_success, answer.text
    return answer.json()


def newest(desk: Desk) -> dict[str, Any]:
    found = done(desk.manager.get(f"/analytics/org/{desk.workspace.uuid}/flows/{desk.workflow['uuid']}"))
    return found[0]


def test_run_starts_a_run_with_inputs(fresh: Desk):
    started = run(fresh, fresh.manager)

    assert newest(fresh)["run_id"] == started["run_id"]
    assert "Printer" in newest(fresh)["inputs"]


def test_run_goes_by_the_version_that_is_named(fresh: Desk):
    refused(fresh.manager.post(path(fresh, "run", "?version=99"), {"inputs": {}}), 422)


def test_run_needs_use_of_the_workflow(desk: Desk):
    refused(desk.outsider.post(path(desk, "run"), {"inputs": {}}), 403)
    refused(desk.outsider.anonymous().post(path(desk, "run"), {"inputs": {}}), 401)
    refused(desk.manager.post(f"/inference/v0/run/{desk.workspace.uuid}/{ABSENT_UUID}", {"inputs": {}}), 404)


def test_run_waits_as_long_as_it_is_asked_to(fresh: Desk):
    answer = fresh.manager.post(path(fresh, "run", "?wait=0"), {"inputs": {}})

    assert answer.is_success, answer.text


def test_user_id_is_the_callers_opaque_end_user(fresh: Desk):
    run(fresh, fresh.manager, user_id="customer-1041")

    assert newest(fresh)["user_id"] == "customer-1041"
    runs = f"/analytics/org/{fresh.workspace.uuid}/flows/{fresh.workflow['uuid']}"
    assert len(done(fresh.manager.get(runs, user_id="customer-1041"))) == 1
    assert done(fresh.manager.get(runs, user_id="customer-104")) == []


def test_stream_answers_with_events(fresh: Desk):
    answer = fresh.manager.post(path(fresh, "stream", "?wait=0"), {"inputs": {}})

    assert answer.headers["content-type"].startswith("text/event-stream")


def test_metadata_tells_of_a_run(fresh: Desk):
    run_id = fresh.case().made["uuid"]

    answer = fresh.manager.get(path(fresh, "run", "/metadata"), run_id=run_id)

    assert run_id in str(done(answer))


def test_feedback_is_shown_with_its_run(fresh: Desk):
    run_id = fresh.case().made["uuid"]

    answer = fresh.manager.post(path(fresh, "feedback"), {"run_id": run_id, "feedback": "Well done."})

    assert answer.is_success, answer.text
    assert "Well done." in newest(fresh)["feedback"]
