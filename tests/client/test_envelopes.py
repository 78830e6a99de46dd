import json

import pytest

from casework.client.errors import api_error
from casework.core.errors import Problem


@pytest.mark.parametrize(
    ("status", "envelope", "message", "problems"),
    [
        (404, {"detail": "There is no such run."}, "There is no such run.", ()),
        (
            400,
            {"detail": "Two problems.", "problems": [{"path": "/key", "message": "m", "line": 3, "hint": "h"}]},
            "Two problems.",
            (Problem(path="/key", message="m", line=3, hint="h"),),
        ),
        (403, {"error": "Forbidden", "message": "Not your chat."}, "Not your chat.", ()),
        (
            422,
            {"detail": [{"loc": ["query", "page_size"], "msg": "must be at most 1000.", "type": "value_error"}]},
            "page_size: must be at most 1000.",
            (Problem(path="/page_size", message="must be at most 1000."),),
        ),
        (404, {"detail": "No such flow."}, "No such flow.", ()),
        (409, {"errors": [{"status": "409", "title": "Conflict", "detail": "It is paused."}]}, "It is paused.", ()),
        (
            422,
            {
                "errors": [
                    {"status": "422", "detail": "is required.", "source": {"pointer": "/data/amount"}},
                    {"status": "422", "detail": "is too long.", "source": {"pointer": "/data/name"}},
                ]
            },
            "data/amount: is required.; data/name: is too long.",
            (
                Problem(path="/data/amount", message="is required."),
                Problem(path="/data/name", message="is too long."),
            ),
        ),
    ],
)
def test_the_envelope_of_every_surface_becomes_one_error(status, envelope, message, problems):
    error = api_error(status, json.dumps(envelope).encode())
    assert (error.status, error.message, error.problems) == (status, message, problems)


@pytest.mark.parametrize(
    "body", [b"", b"<html>Bad Gateway</html>", b"[]", b"null", b'{"detail": null}', b'{"errors": 7}']
)
def test_an_answer_in_no_known_envelope_is_told_by_its_status(body):
    assert api_error(502, body).message == "The server answered 502."
