"""The demo, as somebody runs it who has just downloaded this."""

import pytest

from tests.cli.command import casework


@pytest.mark.slow
def test_the_demo_starts_everything_and_a_case_waits():
    shown = casework("demo", "--check", "--json", CASEWORK_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert shown.code == 0, shown.err
    assert set(shown.json) == {
        *("url", "email", "password", "api_key", "workspace_uuid", "run_id", "activity_id", "checks"),
    }
    assert set(shown.json["checks"].values()) == {True}
    assert "Traceback" not in shown.err
