"""The business calendar of a workspace."""

import pytest

HOURS = {
    "monday": ["09:00-12:30", "13:30-17:00"],
    "tuesday": [],
    "wednesday": ["00:00-24:00"],
    "thursday": [],
    "friday": [],
    "saturday": [],
    "sunday": [],
}
BODY = {"timeZone": "Europe/Berlin", "hours": HOURS, "holidays": ["2026-12-25"]}


@pytest.fixture
def at(client, place):
    """Calls the calendar of `place`, as its Manager unless somebody else is named."""

    async def call(method, *, who=place.manager, headers=None, **more):
        return await client.request(method, f"{place.path}/calendar", headers=who.headers | (headers or {}), **more)

    return call


async def test_without_one_it_is_monday_to_friday_nine_to_five(at):
    answer = await at("GET")
    assert answer.json()["timeZone"] == "UTC"
    assert answer.json()["hours"]["friday"] == ["09:00-17:00"]
    assert answer.json()["hours"]["saturday"] == []
    assert answer.json()["holidays"] == []


async def test_what_is_set_is_read_by_every_member(at, place):
    answer = await at("PUT", json=BODY, headers={"if-match": (await at("GET")).headers["etag"]})
    assert (answer.status_code, answer.json()) == (200, BODY)
    user = await place.member()
    assert (await at("GET", who=user)).json() == BODY
    assert (await at("PUT", who=user, json=BODY)).status_code == 403
    assert (await at("PUT", json=BODY, headers={"if-match": '"0"'})).status_code == 412


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"timeZone": "Mars/Olympus"}, "timeZone: "),
        ({"hours": {}}, "hours: "),
        ({"hours": {"monday": ["17:00-09:00"]}}, "hours/monday/0: "),
        ({"hours": {"sunday": ["09:00-12:00", "11:00-13:00"]}}, "hours/sunday/1: "),
        ({"hours": {"monday": ["9-17"]}}, "hours/monday/0: "),
        ({"hours": {"someday": ["09:00-17:00"]}}, "hours: "),
        ({"holidays": ["Christmas"]}, "holidays/0: "),
    ],
)
async def test_what_is_no_calendar_is_refused_and_told_where(at, change, where):
    before = (await at("GET")).json()
    answer = await at("PUT", json=BODY | change)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(where), answer.text
    assert (await at("GET")).json() == before
