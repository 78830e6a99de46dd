"""The people of a history: found, or made as members who cannot sign in."""

from tests.history.logs import xes

AT = "2024-02-04T09:00:00Z"


def log(*people, task="Ask"):
    return xes((f"case of {person}", [(task, AT, person, "complete")]) for person in people)


async def people(rows):
    found = await rows(
        "select m.external_id, a.email, m.name, m.actor_roles, r.name as role, a.password_hash, m.removed_at "
        "from members m join accounts a on a.id = m.account_id join roles r on r.id = m.role_id order by m.id"
    )
    return {one["external_id"]: one for one in found if one["external_id"] is not None}


async def test_resources_become_members_without_a_password(write, bring_in, rows, complaints):
    await bring_in(write(log("Value 1", "Ada@Example.org")), key="my_desk")
    found = await people(rows)
    assert found["Value 1"] | {"removed_at": None} == {
        "external_id": "Value 1",
        "email": "value_1@my-desk.example",
        "name": "Value 1",
        "actor_roles": ["ask"],
        "role": "User",
        "password_hash": None,
        "removed_at": None,
    }
    assert found["Ada@Example.org"]["email"] == "ada@example.org"
    assert await complaints() == {}


async def test_names_that_look_the_same_are_different_people(write, bring_in, rows):
    await bring_in(write(log("Value 1", "value-1", "VALUE 1")))
    emails = {name: one["email"] for name, one in (await people(rows)).items()}
    assert len(set(emails.values())) == 3
    assert all(email.startswith("value_1_") for email in emails.values())


async def test_an_email_in_capitals_is_the_same_person(write, bring_in, rows, complaints):
    await bring_in(write(log("ada@example.org", "ADA@example.org")))
    assert len(await people(rows)) == 1
    (steps,) = await rows("select count(*), count(distinct account_id) as accounts from steps")
    assert steps == {"count": 2, "accounts": 1}
    assert await complaints() == {}


async def test_members_that_are_there_keep_what_they_have_and_get_the_roles(write, bring_in, rows, place):
    ada = await place.member(actor_roles=["lead"])
    await bring_in(write(log(ada.email)))
    (member,) = await rows("select actor_roles, external_id, name from members where id = $1", ada.member_id)
    assert member == {"actor_roles": ["ask", "lead"], "external_id": None, "name": ada.email.partition("@")[0]}
    (step,) = await rows("select account_id, member_id from steps")
    assert step == {"account_id": ada.account_id, "member_id": ada.member_id}


async def test_a_later_history_finds_the_same_people(write, bring_in, rows):
    await bring_in(write(log("Value 1"), "first.xes"))
    await bring_in(write(log("Value 1", "value-1", task="Answer"), "second.xes"))
    found = await people(rows)
    assert found["Value 1"]["email"] == "value_1@first.example"
    assert found["Value 1"]["actor_roles"] == ["answer", "ask"]
    assert found["value-1"]["actor_roles"] == ["answer"]


async def test_somebody_who_was_removed_stays_so_but_did_the_work(write, bring_in, rows, place, complaints):
    ada = await place.member()
    await rows("update members set removed_at = now() where id = $1 returning id", ada.member_id)
    await bring_in(write(log(ada.email)))
    (member,) = await rows(
        "select removed_at is not null as gone, actor_roles from members where id = $1", ada.member_id
    )
    assert member == {"gone": True, "actor_roles": []}
    (step,) = await rows("select member_id from steps")
    assert step["member_id"] == ada.member_id
    assert await complaints() == {}
