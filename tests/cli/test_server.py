"""Commands about a server and its database."""

import os
import socket
import subprocess

import pytest

from tests.cli.command import COMMAND, casework, environment
from tests.cli.conftest import initialise

FIELDS = ["workspace_uuid", "workspace_id", "account_id", "account_uuid", "member_id", "api_key"]


@pytest.fixture
def nowhere():
    """An address where nothing listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{closed.getsockname()[1]}"


def test_init_beside_a_running_server_makes_a_key_that_works_at_once(desk):
    made = initialise("--database-url", desk.database_url, "--json")
    assert made.code == 0, made.err
    assert list(made.json) == FIELDS
    assert made.json["workspace_uuid"] == desk.made["workspace_uuid"]
    assert made.json["api_key"] != desk.made["api_key"]
    assert desk("members", "list", CASEWORK_KEY=made.json["api_key"]).code == 0


def test_init_prints_one_field_alone_where_that_is_wanted(desk):
    made = initialise("--database-url", desk.database_url, "--field", "workspace_uuid")
    assert made.out == desk.made["workspace_uuid"] + "\n"


def test_init_with_another_password_for_the_same_person_is_refused(desk):
    refused = casework(
        *("init", "--database-url", desk.database_url, "--workspace", "Desk"),
        *("--email", "ada@example.org", "--password", "wrong password"),
    )
    assert (refused.code, refused.out) == (4, "")
    assert "this is not its password" in refused.err


@pytest.mark.parametrize(
    ("email", "password", "workspace", "word"),
    [
        ("ada", "correct horse", "Desk", "--email"),
        ("ada@example.org", "short", "Desk", "--password"),
        ("ada@example.org", "correct horse", " ", "--workspace"),
    ],
)
def test_init_says_what_is_wrong_with_what_it_was_given(tmp_path, email, password, workspace, word):
    refused = casework(
        *("init", "--data", tmp_path, "--email", email, "--password", password, "--workspace", workspace)
    )
    assert refused.code == 1
    assert word in refused.err
    assert list(tmp_path.iterdir()) == []


def test_migrate_does_nothing_where_there_is_nothing_to_do(desk):
    migrated = casework("migrate", "--database-url", desk.database_url, "--json")
    assert (migrated.code, migrated.json) == (0, {"changed": False})


def test_a_database_that_lets_nobody_in_ends_with_3_and_says_why(desk):
    name = desk.database_url.partition("?")[0].rpartition("/")[2]
    result = casework("migrate", "--database-url", desk.database_url.replace(name, "none_such"))
    assert (result.code, result.out) == (3, "")
    assert '"none_such" does not exist' in result.err


def test_an_address_of_no_database_is_a_mistake_of_use():
    result = casework("migrate", "--database-url", "mysql://root@127.0.0.1/casework")
    assert result.code == 2
    assert "postgresql://" in result.err


def test_a_directory_that_cannot_hold_a_database_ends_with_3(write):
    result = casework("migrate", "--data", write("file", ""))
    assert (result.code, result.out) == (3, "")
    assert "--data names another" in result.err


def test_a_server_that_is_ready_has_the_status_0(desk):
    assert desk("status", "--json").json == {"url": desk.url, "ready": True}


def test_a_second_server_does_not_share_the_port_of_the_first(desk):
    port = desk.url.rpartition(":")[2]
    result = casework("up", "--database-url", desk.database_url, "--port", port)
    assert (result.code, result.out) == (3, "")
    assert desk("status").code == 0


def test_a_server_that_is_not_there_has_the_status_3(nowhere):
    result = casework("status", "--url", nowhere)
    assert (result.code, result.out) == (3, "")
    assert nowhere in result.err


def test_a_command_without_a_key_is_a_mistake_of_use(desk):
    result = desk("runs", "list", CASEWORK_KEY="")
    assert result.code == 2
    assert "CASEWORK_KEY" in result.err


def test_a_key_that_is_not_valid_is_refused(desk):
    assert desk("runs", "list", "--key", "cw_nothing").code == 4


def test_an_address_that_is_none_is_told_as_such(desk):
    result = desk("runs", "list", "--url", "localhost:8080")
    assert result.code == 3
    assert "http://127.0.0.1:8080" in result.err


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["runs", "get"], ["runs", "get", "x"], ["runs", "list", "--page", "0"]]
)
def test_a_command_that_is_not_written_as_it_must_be_ends_with_2(arguments):
    result = casework(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "\x1b" not in result.err


def test_the_version_is_data():
    assert casework("--version").out == "0.1.0\n"


def test_a_reader_that_has_seen_enough_ends_a_command_without_a_word():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*COMMAND, "validate", "--json", "nothing.yaml"],
        env=environment(),
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_says_what_the_exit_codes_mean():
    shown = casework("--help").out
    for code in ("0 done", "1 the input", "2 the command", "3 the server", "4 refused"):
        assert code in " ".join(shown.split())
