"""Workers as processes: what they perform, how they end, and who takes over."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.cli.command import COMMAND, casework, environment, until, up
from tests.cli.conftest import initialise

APP = "tests.cli.registered"
STOP_SECONDS_MAX = 12
ENDED = {"completed", "failed", "cancelled"}


@contextmanager
def worker(database_url: str, *arguments: object, app: str = APP) -> Iterator["subprocess.Popen[str]"]:
    """A worker, from the moment it says that it performs steps."""
    process = subprocess.Popen(
        [
            *COMMAND,
            "worker",
            "--database-url",
            database_url,
            "--app",
            app,
            "--lease-seconds",
            "1",
            *map(str, arguments),
        ],
        env=environment(CASEWORK_LOG_LEVEL="error"),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        assert "performs" in process.stderr.readline()
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(STOP_SECONDS_MAX)
        process.stderr.close()


@pytest.fixture
def publish(desk, write):
    """Publishes a workflow that calls one function; gives its key."""

    def published(function: str, arguments: object = None, **fields: object) -> str:
        task = {"key": "call", "kind": "function", "function": function, "arguments": arguments or {}, **fields}
        definition = {"casework": 1, "key": function, "name": function, "tasks": [task]}
        applied = desk("apply", write(f"{function}.json", json.dumps(definition)))
        assert applied.code == 0, applied.err
        return function

    return published


def ended(desk, run) -> dict[str, object]:
    """The run once it has ended."""

    def look() -> object:
        found = desk.json("runs", "get", run["id"])
        return found if found["status"] in ENDED else None

    return until(look)


def test_a_worker_performs_what_was_queued_before_and_is_listed_while_it_lives(desk, publish):
    publish("double", {"n": "=input.n"})
    run = desk.json("runs", "create", "double", "--input", '{"n": 21}')
    with worker(desk.database_url, "--name", "bench", "--kinds", "function", "--concurrency", "2") as process:
        assert ended(desk, run)["status"] == "completed"
        (listed,) = casework("workers", "--database-url", desk.database_url, "--json").json["items"]
        assert (listed["name"], listed["kinds"], listed["concurrency"]) == ("bench", ["function"], 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS_MAX) == 0
    assert casework("workers", "--database-url", desk.database_url, "--json").json["items"] == []


def test_what_is_under_way_is_finished_when_it_is_told_to_end(desk, publish):
    publish("asks_to_stop", {"n": "=input.n"})
    run = desk.json("runs", "create", "asks_to_stop", "--input", '{"n": 7}')
    with worker(desk.database_url) as process:
        assert process.wait(STOP_SECONDS_MAX) == 0
    assert desk.json("runs", "get", run["id"])["status"] == "completed"


def test_a_worker_that_is_killed_loses_nothing(desk, publish):
    publish("dies_once")
    run = desk.json("runs", "create", "dies_once")
    with worker(desk.database_url) as first:
        assert first.wait(STOP_SECONDS_MAX) == -signal.SIGKILL
        with worker(desk.database_url):
            assert ended(desk, run)["status"] == "completed"


def test_what_cannot_be_performed_is_told_at_once(desk):
    for arguments, code, word in (
        (("--kinds", "human"), 2, "human"),
        (("--app", "tests.cli.nowhere"), 1, "tests.cli.nowhere"),
        (("--concurrency", "1"), 2, "concurrency"),
    ):
        refused = casework("worker", "--database-url", desk.database_url, *arguments)
        assert (refused.code, word in refused.err) == (code, True), refused.err
        assert "Traceback" not in refused.err


def test_functions_are_listed_with_their_schemas():
    listed = casework("functions", "--app", APP, "--json").json["items"]
    found = {one["name"]: one for one in listed}
    assert found["double"]["about"] == "Twice the number."
    assert found["double"]["input"]["properties"]["n"]["type"] == "integer"
    assert found["double"]["output"] == {"type": "integer"}
    assert found["dies_once"]["input"]["properties"] == {}
    assert {name for name, one in found.items() if one["pure"]} == {"halve"}


@pytest.mark.parametrize(("app", "why"), [("knows_its_call", "takes a Context"), ("waits", "waits is async")])
def test_functions_that_cannot_be_used_are_refused_with_the_reason(app, why):
    refused = casework("functions", "--app", f"tests.cli.unusable.{app}")
    assert (refused.code, refused.out, why in refused.err) == (1, "", True), refused.err
    assert ".." not in refused.err


@pytest.mark.slow
def test_a_server_has_a_worker_inside_that_is_replaced_and_ends_with_it(server_database, write):
    made = initialise("--database-url", server_database)
    assert made.code == 0, made.err
    with up("--database-url", server_database, "--app", APP, worker=True) as running:
        env = {"CASEWORK_URL": running.url, "CASEWORK_KEY": made.json["api_key"]}
        task = {"key": "call", "kind": "function", "function": "halve", "arguments": {"n": "=input.n"}}
        definition = {"casework": 1, "key": "half", "name": "Half", "tasks": [task]}
        assert casework("apply", write("half.json", json.dumps(definition)), **env).code == 0
        run = casework("runs", "create", "half", "--input", '{"n": 1}', "--json", **env).json
        assert run["status"] == "completed"  # by the server itself, before it answered
        task = {"key": "call", "kind": "function", "function": "double", "arguments": {"n": "=input.n"}}
        definition = {"casework": 1, "key": "twice", "name": "Twice", "tasks": [task]}
        assert casework("apply", write("twice.json", json.dumps(definition)), **env).code == 0

        def performed() -> None:
            run = casework("runs", "create", "twice", "--input", '{"n": 1}', "--json", **env).json
            until(lambda: casework("runs", "get", run["id"], "--json", **env).json["status"] == "completed")

        performed()
        (first,) = running.performers()
        first.kill()
        (second,) = until(lambda: (found := running.performers()) and found[0].pid != first.pid and found)
        performed()
        assert "casework_jobs_queued" in httpx.get(f"{running.url}/metrics").text
        assert running.stop() == 0
    assert not second.is_running()


@pytest.mark.slow
def test_a_worker_inside_does_not_outlive_a_server_that_is_killed(server_database):
    with up("--database-url", server_database, worker=True) as running:
        (inside,) = until(running.performers)
        processes = [inside, *running.workers()]
        running.process.kill()
        for process in processes:
            process.wait(STOP_SECONDS_MAX)
