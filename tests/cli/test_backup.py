"""`casework backup` and `casework restore` as the person on call has them."""

import json
import stat
from threading import Event, Thread

import httpx
import pytest

from tests.cli.command import casework, up
from tests.cli.conftest import EXAMPLES, TICKET, Desk, initialise


@pytest.fixture
def embedded(tmp_path):
    """A desk over the embedded database of a directory."""
    made = initialise("--data", tmp_path / "data").json
    with up("--data", tmp_path / "data") as running:
        desk = Desk(url=running.url, database_url="", made=made)
        assert desk("apply", EXAMPLES / "support-desk.yaml").code == 0
        yield desk


def test_a_backup_under_load_has_all_that_was_answered_before_it_and_works_on(embedded, tmp_path):
    over, some = Event(), Event()
    answered = []
    first = embedded.ticket("First")
    place = f"{embedded.url}/api/v2/w/{embedded.made['workspace_uuid']}/assignments"
    body = {"workflowId": first["workflowId"], "input": json.loads(TICKET)}

    def go_on():
        with httpx.Client(headers={"authorization": f"Bearer {embedded.made['api_key']}"}) as client:
            for number in range(400):  # fewer than a page of the list
                if over.is_set():
                    return
                answered.append(client.post(place, json=body).raise_for_status().json()["id"])
                if number == 20:
                    some.set()

    working = Thread(target=go_on)
    working.start()
    assert some.wait(60)
    before = list(answered)
    file = tmp_path / "saved.casework"
    saved = casework("backup", file, "--data", tmp_path / "data", "--json")
    over.set()
    working.join()
    assert saved.code == 0, saved.err
    assert saved.json == {"file": str(file), "bytes": file.stat().st_size}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    other = tmp_path / "other"
    restored = casework("restore", file, "--data", other, "--json")
    assert (restored.code, restored.json["migrated"]) == (0, False), restored.err
    examined = casework("doctor", "--data", other)
    assert examined.code == 0, examined.out
    with up("--data", other) as running:
        copy = Desk(url=running.url, database_url="", made=embedded.made)
        found = {run["id"] for run in copy.json("runs", "list", "--size", "500")["items"]}
        assert set(before) <= found - {first["id"]} <= set(answered)
        new = copy.json("runs", "create", "support_desk", "--title", "New", "--input", TICKET)
        assert new["id"] not in found
    assert casework("doctor", "--data", other).code == 0


def test_nothing_is_overwritten_and_what_is_no_backup_is_refused(embedded, tmp_path):
    file = tmp_path / "saved.casework"
    beside = tmp_path / "saved.casework.part"
    beside.write_text("Somebody's own.")
    assert casework("backup", file, "--data", tmp_path / "data").code == 0
    size = file.stat().st_size
    assert sorted(path.name for path in tmp_path.glob("saved*")) == [file.name, beside.name]
    assert beside.read_text() == "Somebody's own."
    nowhere = casework("backup", tmp_path / "none" / "x", "--data", tmp_path / "data")
    assert (nowhere.code, "cannot be written" in nowhere.err) == (1, True), nowhere.err
    again = casework("backup", file, "--data", tmp_path / "data")
    assert (again.code, "already" in again.err, file.stat().st_size) == (4, True, size)
    full = casework("restore", file, "--data", tmp_path / "data")
    assert (full.code, "not empty" in full.err) == (4, True)

    other = tmp_path / "other"
    text = tmp_path / "notes.txt"
    text.write_text("Not a backup.")
    for path, word in ((text, "no backup"), (tmp_path / "none", "cannot be read")):
        refused = casework("restore", path, "--data", other)
        assert (refused.code, word in refused.err) == (1, True), refused.err
    cut = tmp_path / "cut.casework"
    cut.write_bytes(file.read_bytes()[: size // 2])
    refused = casework("restore", cut, "--data", other)
    assert (refused.code, "PostgreSQL refused" in refused.err) == (1, True), refused.err
    whole = casework("restore", file, "--data", other)  # nothing of what was cut is there
    assert whole.code == 0, whole.err


def test_where_nothing_is_nothing_is_saved(tmp_path):
    file = tmp_path / "saved.casework"
    refused = casework("backup", file, "--data", tmp_path / "none")
    assert (refused.code, "There is no database" in refused.err) == (3, True)
    assert not file.exists()


def test_a_password_of_the_database_is_no_argument_and_is_not_told(tmp_path):
    url = "postgresql://ada:hunter2@127.0.0.1:1/casework"
    refused = casework("backup", tmp_path / "x", "--database-url", url)
    assert (refused.code, "hunter2" in refused.err + refused.out) == (3, False)
