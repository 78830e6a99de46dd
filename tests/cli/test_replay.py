"""A log played as live work on a real server, and compared with itself."""

from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg
import pytest

from tests.cli.command import casework, up
from tests.cli.conftest import initialise
from tests.history.logs import REAL, completions, real_log, xes

CASES = 40
AT = "2024-02-04T09:{:02}:00Z"
INTERRUPTED = [
    ("Ask", AT.format(0), "Ada", "start"),
    ("Ask", AT.format(1), "Ada", "suspend"),
    ("Ask", AT.format(2), "Ada", "resume"),
    ("Ask", AT.format(3), "Ada", "complete"),
    ("Check", AT.format(4), None, "complete"),
    ("Ask", AT.format(5), "Bob", "start"),
    ("Ask", AT.format(6), "Bob", "suspend"),
    ("Ask", AT.format(7), "Bob", "complete"),
]
LEFT_OPEN = [("Ask", AT.format(8), "Ada", "complete"), ("Check", AT.format(9), "Bob", "start")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server, and a Manager's key."""

    url: str
    database_url: str
    key: str

    def replay(self, *arguments):
        return casework("replay", *arguments, "--json", CASEWORK_URL=self.url, CASEWORK_KEY=self.key)

    async def rows(self, query):
        connection = await asyncpg.connect(self.database_url)
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()


@pytest.fixture(scope="module")
def server(server_database: str) -> Iterator[Server]:
    made = initialise("--database-url", server_database)
    assert made.code == 0, made.err
    with up("--database-url", server_database) as running:
        yield Server(url=running.url, database_url=server_database, key=made.json["api_key"])


@pytest.fixture
def write(tmp_path):
    def written(content, name):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return written


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
async def test_a_real_log_runs_live_as_it_ran(name, server):
    result = server.replay(real_log(name), "--cases", CASES)
    assert result.code == 0, result.err
    told = result.json
    assert (told["cases"], told["differences"]) == (CASES, [])
    assert told["requests"] >= 3 * CASES
    assert told["latency_ms"]["p50"] <= told["latency_ms"]["p95"] <= told["latency_ms"]["p99"]
    count = f"select count(*) from runs r join workflows w on w.id = r.workflow_id where w.key = '{name}'"
    assert await server.rows(f"{count} and state = 'completed'") == [(CASES,)]
    examined = casework("doctor", "--database-url", server.database_url)
    assert examined.code == 0, examined.out


async def test_a_second_replay_makes_nothing_anew_and_another_label_does(write, server):
    path = write(completions(3), "again.xes")
    count = "select (select count(*) from members), (select count(*) from runs), (select count(*) from events)"
    assert server.replay(path).json["differences"] == []
    ((members, runs, events),) = await server.rows(count)
    assert server.replay(path).json["differences"] == []
    assert await server.rows(count) == [(members, runs, events)]
    assert server.replay(path, "--label", "more").json["differences"] == []
    ((members_then, runs_then, _),) = await server.rows(count)
    assert (members_then, runs_then) == (members, runs + 3)


async def test_interruptions_and_cases_left_open_are_played_too(write, server):
    path = write(xes([("interrupted", INTERRUPTED), ("left open", LEFT_OPEN)]), "lifecycles.xes")
    result = server.replay(path, "--concurrency", 1)
    assert (result.code, result.json["differences"]) == (0, []), result.out
    periods = await server.rows(
        "select r.title, s.number, count(p.id), count(p.id) - count(p.ended_at) from steps s "
        "join runs r on r.id = s.run_id join workflows w on w.id = r.workflow_id "
        "left join work_periods p on p.run_id = s.run_id and p.step_number = s.number "
        "where w.key = 'lifecycles' group by 1, 2 order by 1, 2"
    )
    assert periods == [
        ("interrupted", 1, 2, 0),
        ("interrupted", 2, 1, 0),
        ("interrupted", 3, 1, 0),
        ("left open", 1, 1, 0),
        ("left open", 2, 1, 1),
    ]
    states = (
        "select title, state from runs r join workflows w on w.id = r.workflow_id where w.key = 'lifecycles' order by 1"
    )
    assert await server.rows(states) == [("interrupted", "completed"), ("left open", "resumed")]
    keys = await server.rows("select count(*) from api_keys where name = 'casework replay' and revoked_at is null")
    assert keys == [(0,)]


async def test_what_differs_from_the_log_is_told(write, server):
    path = write(completions(4), "changed.xes")
    assert server.replay(path).code == 0
    await server.rows(
        "update steps set account_id = other.account_id, member_id = other.id "
        "from members other where other.external_id = 'Person 2' and steps.id = ("
        "select s.id from steps s join runs r on r.id = s.run_id join workflows w on w.id = r.workflow_id "
        "where w.key = 'changed' and r.title = 'case 2' and s.number = 1) returning steps.id"
    )
    result = server.replay(path)
    assert result.code == 1
    differences = result.json["differences"]
    assert len(differences) == 3
    assert "'case 2'" in differences[0]
    assert {text.rpartition(": ")[2] for text in differences[1:]} == {"+1 to the log", "-1 to the log"}


def test_another_workflow_is_not_overwritten(write, server):
    assert server.replay(write(completions(1), "mine.xes")).code == 0
    other = server.replay(write(completions(1, tasks=["Sing"]), "other.xes"), "--workflow-key", "mine")
    assert other.code not in (0, 70)
    assert "--workflow-key" in other.err


def test_a_server_that_stays_away_ends_it_with_3(write):
    result = casework(
        "replay",
        write(completions(1), "none.xes"),
        "--url",
        "http://127.0.0.1:9",
        "--key",
        "cw_x",
        "--wait-for-server",
        0,
    )
    assert result.code == 3
    assert "Traceback" not in result.err


def test_a_broken_log_is_refused_before_anything_is_sent(write, server):
    result = server.replay(write(completions(2)[:-20], "broken.xes"))
    assert result.code == 1
    assert "Line" in result.err
