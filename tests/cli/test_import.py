"""`casework import` and `casework doctor` as their users have them."""

import asyncpg
import pytest

from tests.cli.command import casework
from tests.cli.conftest import initialise
from tests.history.logs import completions


@pytest.fixture(scope="module")
def database(server_database: str) -> str:
    made = initialise("--database-url", server_database)
    assert made.code == 0, made.err
    return server_database


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "tickets 2024.xes"
    path.write_bytes(completions(7))
    return path


def imported(database, *arguments):
    return casework("import", *arguments, "--workspace", "Desk", "--database-url", database)


def test_it_says_what_it_brought_in_and_that_there_is_nothing_more(database, log):
    first = imported(database, log, "--json")
    assert (first.code, first.err) == (0, "")
    workflow = first.json.pop("workflow")
    assert first.json | {"workflow": None} == {
        "workflow": None,
        "cases": 7,
        "events": 21,
        "tasks": 3,
        "people": 3,
        "runs": 7,
        "steps": 21,
        "complete": True,
    }
    assert (workflow["key"], workflow["version"]) == ("tickets-2024", 1)
    again = imported(database, log)
    assert again.code == 0
    assert "all 7 cases are there" in again.out
    sound = casework("doctor", "--database-url", database)
    assert (sound.code, sound.err) == (0, "Everything fits.\n")


def test_a_workflow_gets_the_key_and_the_name_that_are_given(database, log):
    result = imported(database, log, "--key", "desk", "--name", "The desk", "--json")
    assert (result.code, result.json["workflow"]["key"]) == (0, "desk")
    shown = imported(database, log, "--key", "desk")
    assert "(desk), version 1" in shown.out


@pytest.mark.parametrize("name", ["Nowhere", "01a20052-37de-777d-9285-9700fa4c57d5"])
def test_a_workspace_that_is_not_there_is_refused(database, log, name):
    result = casework("import", log, "--workspace", name, "--database-url", database)
    assert (result.code, result.out) == (4, "")
    assert name in result.err


async def test_the_doctor_ends_with_1_where_something_does_not_fit(database, log):
    assert imported(database, log, "--key", "broken").code == 0
    connection = await asyncpg.connect(database)
    broken = "update runs set working_ms = 5 where id = (select max(id) from runs) returning id"
    run_id = await connection.fetchval(broken)
    shown = casework("doctor", "--database-url", database)
    told = casework("doctor", "--database-url", database, "--json")
    await connection.execute("update runs set working_ms = 0 where id = $1", run_id)
    await connection.close()
    assert (shown.code, told.code) == (1, 1)
    assert f"run_working: run_id {run_id}, working_ms 5, steps_ms 0" in shown.out
    assert f"1 of {len(told.json['checks'])} checks found something" in shown.err
    assert told.json["clean"] is False
    assert [check["check"] for check in told.json["checks"] if check["breaches"]] == ["run_working"]
