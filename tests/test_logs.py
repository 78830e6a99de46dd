"""Logs: facts without secrets."""

import io
import json

import pytest
import structlog

from casework import logs


@pytest.fixture
def written():
    stream = io.StringIO()
    logs.configure(level="info", form="json", stream=stream)
    yield stream
    logs.configure(level="critical", form="console")


@pytest.mark.parametrize(
    "name", ["authorization", "Authorization", "cookie", "Set-Cookie", "password", "key", "api_key", "token", "secret"]
)
def test_a_secret_is_never_written(written, name):
    log = structlog.get_logger()
    log.info("request", **{name: "hunter2"})
    log.info("request", headers={name: "hunter2", "deeper": {name: "hunter2"}})
    assert "hunter2" not in written.getvalue()
    assert written.getvalue().count("[redacted]") == 3


def test_a_line_is_an_event_with_its_facts(written):
    structlog.get_logger().info("sign_in.refused", address="192.0.2.1")
    line = json.loads(written.getvalue())
    assert (line["event"], line["address"], line["level"]) == ("sign_in.refused", "192.0.2.1", "info")


def test_what_is_below_the_level_is_not_written(written):
    structlog.get_logger().debug("step.started")
    assert written.getvalue() == ""
