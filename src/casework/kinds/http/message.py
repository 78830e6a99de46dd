"""Makes the message that is sent of what a step was given."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec

from casework.core.definition import Json
from casework.core.kinds.http import KEY_HEADER
from casework.core.work import Work
from casework.egress.caller import Message

SECONDS_DEFAULT: Final = 30.0
"""For a whole exchange, where the task has no `timeout`."""

ANSWER_MAX: Final = 1024 * 1024
"""Bytes of an answer: it is kept as the step's output, which whoever opens the run loads."""

_FORM: Final = "application/x-www-form-urlencoded"


class NotAForm(Exception):
    """The body is to be sent as a form, and is not a map."""


def message_of(work: Work, request: Mapping[str, Json]) -> Message:
    """The message of a request whose secrets are filled in; NotAForm where its body cannot be sent as it says."""
    headers = dict(request.get("headers", {}))
    given = {name.lower() for name in headers}
    body, media_type = _body(request.get("body"), headers)
    if media_type is not None and "content-type" not in given:
        headers["Content-Type"] = media_type
    if "accept" not in given:
        headers["Accept"] = "application/json, */*;q=0.5"
    headers[request.get("key_header", KEY_HEADER)] = work.key
    return Message(
        method=request["method"],
        url=request["url"],
        headers=headers,
        body=body,
        seconds=float(work.seconds or SECONDS_DEFAULT),
        bytes_max=ANSWER_MAX,
    )


def _body(body: Json, headers: Mapping[str, str]) -> tuple[bytes, str | None]:
    """What is sent, and its type where the headers do not say it."""
    if body is None:
        return b"", None
    said = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if said.partition(";")[0].strip().lower() == _FORM and not isinstance(body, str):
        if not isinstance(body, dict):
            raise NotAForm("A body that is sent as a form is a map, or text.")
        texts = {name: value if isinstance(value, str) else msgspec.json.encode(value) for name, value in body.items()}
        return urlencode(texts).encode(), None
    if isinstance(body, str):
        return body.encode(), "text/plain; charset=utf-8"
    return msgspec.json.encode(body), "application/json"
