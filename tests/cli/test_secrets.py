"""Secrets by the command line: set from standard input, listed without values, re-keyed on the server's machine."""

import stat

from casework.keyring import new_key_text
from tests.cli.command import casework, up
from tests.cli.conftest import initialise
from tests.running import SECRET_KEY


def test_a_secret_goes_in_and_does_not_come_out(server_database):
    made = initialise("--database-url", server_database).json
    with up("--database-url", server_database, CASEWORK_SECRET_KEY=SECRET_KEY) as running:
        env = {"CASEWORK_URL": running.url, "CASEWORK_KEY": made["api_key"]}

        def secrets(*arguments, stdin=""):
            return casework("secrets", *arguments, stdin=stdin, **env)

        results = [secrets("set", "crm", "--json", stdin="hunter2\n"), secrets("set", "crm", "--json", stdin="hunter3")]
        assert [one.code for one in results] == [0, 0], results
        assert results[0].json["id"] == results[1].json["id"]
        results.append(secrets("list"))
        assert "crm" in results[-1].out
        new = new_key_text()
        results.append(
            casework(
                "secrets",
                "rotate",
                "--json",
                CASEWORK_DATABASE_URL=server_database,
                CASEWORK_SECRET_KEY=f"{new},{SECRET_KEY}",
            )
        )
        assert results[-1].json == {"rotated": 1}
        examined = {"CASEWORK_DATABASE_URL": server_database}
        assert casework("doctor", CASEWORK_SECRET_KEY=new, **examined).code == 0
        assert casework("doctor", CASEWORK_SECRET_KEY=SECRET_KEY, **examined).code == 1
        assert casework("doctor", **examined).code == 1
        results += [secrets("delete", "crm"), secrets("list", "--json")]
        assert results[-1].json["items"] == []
        assert secrets("delete", "crm").code == 1
        assert not any("hunter" in one.out + one.err for one in results)


def test_without_a_key_nothing_is_taken_and_a_wrong_one_is_told_without_it(server_database):
    made = initialise("--database-url", server_database).json
    with up("--database-url", server_database) as running:
        env = {"CASEWORK_URL": running.url, "CASEWORK_KEY": made["api_key"]}
        refused = casework("secrets", "set", "crm", stdin="x", **env)
    assert (refused.code != 0, "CASEWORK_SECRET_KEY" in refused.err) == (True, True)
    wrong = casework("secrets", "rotate", CASEWORK_DATABASE_URL=server_database, CASEWORK_SECRET_KEY="hunter2")
    assert (wrong.code, "CASEWORK_SECRET_KEY" in wrong.err, "hunter2" in wrong.err) == (2, True, False)


def test_the_embedded_database_brings_its_key(tmp_path):
    made = initialise("--data", tmp_path).json
    with up("--data", tmp_path) as running:
        env = {"CASEWORK_URL": running.url, "CASEWORK_KEY": made["api_key"]}
        kept = casework("secrets", "set", "crm", stdin="x", **env)
        assert kept.code == 0, kept.err
    path = tmp_path / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert casework("doctor", "--data", tmp_path).code == 0
    path.unlink()
    assert casework("doctor", "--data", tmp_path).code == 1
    assert not path.exists()
