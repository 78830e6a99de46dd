from tests import documents
from tests.api.activities.floor import problem


async def test_the_output_is_the_data_merged_over_what_was_saved(floor):
    uuid = await floor.bring("in-progress")
    saved = await floor.done(uuid, "save", data={"note": "hm", "topic": "fault"})
    assert saved["data"] == {"note": "hm", "topic": "fault"}
    floor.clock.advance(seconds=5)
    after = await floor.done(uuid, "complete", data={"topic": "billing", "amount": 3})
    assert after["output"] == after["data"] == {"note": "hm", "topic": "billing", "amount": 3}
    assert (after["status"], after["completed_at"]) == ("completed", "2024-02-04T12:00:05.000Z")
    assert after["assigned_account_id"] == floor.ada.account_id


async def test_the_work_unit_moves_on_and_ends(floor):
    unit = await floor.start()
    await floor.done(await floor.first(unit), "assign", start_working=True)
    await floor.done(await floor.first(unit), "complete", data={"topic": "fault"})
    second = await floor.first(unit, sort="-id")
    attributes = await floor.read(second)
    assert (attributes["name"], attributes["status"]) == ("Resolve", "pending")
    assert (await floor.get(f"/work_units/{unit}"))["data"]["attributes"]["status"] == "in-progress"
    await floor.done(second, "assign")
    await floor.done(second, "complete", data={"ok": True})
    unit = (await floor.get(f"/work_units/{unit}"))["data"]
    assert (unit["attributes"]["status"], unit["attributes"]["output"]) == ("complete", {"ok": True})
    assert unit["relationships"]["node"] == {"data": None}


async def test_every_problem_with_the_form_has_its_pointer_and_nothing_changes(floor):
    uuid = await floor.bring("in-progress")
    before = await floor.read(uuid)
    answer = await floor.move(uuid, "complete", json={"data": {"topic": "weather", "amount": "much"}})
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert {error["source"]["pointer"] for error in errors} == {"/data/topic", "/data/amount"}
    assert {error["status"] for error in errors} == {"422"}
    assert await floor.read(uuid) == before


async def test_what_is_missing_from_the_form_is_told(floor):
    uuid = await floor.bring("assigned")
    answer = await floor.move(uuid, "complete", json={"data": {}})
    assert answer.status_code == 422
    assert problem(answer)["source"]["pointer"].startswith("/data")
    assert (await floor.read(uuid))["status"] == "assigned"


async def test_data_is_asked_for(floor):
    uuid = await floor.bring("assigned")
    for action in ("complete", "save"):
        for body in ({}, {"data": None}, {"data": []}, {"data": "x"}):
            answer = await floor.move(uuid, action, json=body)
            assert answer.status_code == 422
            assert problem(answer)["source"] == {"pointer": "/data"}


async def test_text_that_cannot_be_kept_is_refused(floor):
    uuid = await floor.bring("assigned")
    nul = await floor.move(uuid, "save", content=b'{"data": {"note": "a\\u0000b"}}', headers=JSON)
    assert nul.status_code == 422
    assert problem(nul)["source"] == {"pointer": "/data/note"}
    for body, status in (
        (b'{"data": {"note": "\\ud800"}}', 400),
        (b'{"data": {', 400),
        (b'{"data": {"n": 1e999}}', 400),
        (b'{"data": {"n": ' + b"9" * 5000 + b"}}", 400),
        (b'{"data": ' + b'{"a":' * 70 + b"1" + b"}" * 71, 422),
        (b'{"data": {"n": "' + b"x" * 1_100_000 + b'"}}', 413),
    ):
        answer = await floor.move(uuid, "save", content=body, headers=JSON)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/vnd.api+json"), body[:40]
    assert (await floor.read(uuid))["data"] == {}


async def test_large_integers_and_deep_values_come_back_as_they_were_sent(floor):
    uuid = await floor.bring("assigned")
    data = {"n": 2**60, "deep": {"a": [{"b": None}, 1.5, "ü", ""]}, "": False}
    assert (await floor.done(uuid, "save", data=data))["data"] == data
    assert (await floor.read(uuid))["data"] == data


async def test_either_media_type_will_do(floor):
    uuid = await floor.bring("assigned")
    for media_type in ("application/json", "application/vnd.api+json", "application/json; charset=utf-8"):
        headers = {"content-type": media_type}
        answer = await floor.move(uuid, "save", content=b'{"data": {"a": 1}}', headers=headers)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/vnd.api+json"
    answer = await floor.move(uuid, "save", content=b"data=1", headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    problem(answer)


async def test_an_error_ends_the_work_unit(floor):
    unit = await floor.start()
    uuid = await floor.first(unit)
    await floor.done(uuid, "assign", start_working=True)
    after = await floor.done(uuid, "error", data={"comment": "No address."})
    assert (after["status"], after["output"]) == ("errored", None)
    found = (await floor.get(f"/work_units/{unit}"))["data"]["attributes"]
    assert found["status"] == "errored"
    assert "No address." in str(found["error"])


async def test_an_error_takes_the_way_for_errors(floor):
    tasks = [documents.task("try", on_error="mend"), documents.task("mend")]
    project = await documents.published(floor.client, floor.place, documents.document("tried", tasks))
    unit = await floor.start(project_id=project["id"])
    await floor.done(await floor.first(unit), "assign", floor.manager, start_working=True)
    await floor.done(await floor.first(unit), "error", floor.manager)
    assert (await floor.read(await floor.first(unit, sort="-id")))["status"] == "pending"
    assert (await floor.get(f"/work_units/{unit}", floor.manager))["data"]["attributes"]["status"] == "in-progress"


async def test_an_error_may_go_without_a_comment_but_not_with_half_of_one(floor):
    await floor.done(await floor.bring("assigned"), "error")
    uuid = await floor.bring("assigned")
    for body, pointer in (
        ({"data": {}}, "/data"),
        ({"data": {"comment": 1}}, "/data/comment"),
        ({"data": {"comment": "x", "y": 1}}, "/data"),
        ({"data": {"comment": "x" * 4001}}, "/data/comment"),
    ):
        answer = await floor.move(uuid, "error", json=body)
        assert answer.status_code == 422
        assert problem(answer)["source"]["pointer"].startswith(pointer)


JSON = {"content-type": "application/json"}


async def test_who_may_take_it_completes_what_nobody_is_on_in_one_change(floor):
    uuid = await floor.bring("pending")
    refused = await floor.move(uuid, "complete", json={"data": {"topic": "fault"}})
    assert refused.status_code == 409
    problems = await floor.move(uuid, "complete", json={"data": {"topic": "weather"}, "self_assigning": True})
    assert problems.status_code == 422
    assert (await floor.read(uuid))["status"] == "pending"
    after = await floor.done(uuid, "complete", data={"topic": "fault"}, self_assigning=True)
    assert (after["status"], after["assigned_account_id"]) == ("completed", floor.ada.account_id)
    assert after["working_seconds"] == 0


async def test_to_take_it_while_completing_takes_what_taking_it_does(floor):
    uuid = await floor.bring("assigned")
    answer = await floor.move(uuid, "complete", floor.bob, json={"data": {"topic": "fault"}, "self_assigning": True})
    assert answer.status_code == 403
