"""Reads an answer: what of it becomes the step's output, and what follows from its status."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import Message as Headers
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from casework.core.definition import Json
from casework.core.work import Done, Failed
from casework.egress.caller import Answer
from casework.kinds.http.secrets import hidden

HEADERS_KEPT: Final = (
    "content-type",
    "date",
    "etag",
    "last-modified",
    "link",
    "location",
    "retry-after",
    "x-request-id",
)
"""Of an answer: what work goes on with. Cookies and the like are credentials, and are not kept."""

RETRY_AFTER_MAX: Final = 24 * 3600.0
"""Seconds that another system can put the next attempt off: one that wants to be left alone for longer is down."""

EXCERPT_MAX: Final = 16_000
"""Characters of an answer that failed, kept for whoever looks at the incident."""

_AGAIN: Final = frozenset({408, 425, 429, *range(500, 600)})
"""Statuses that say nothing of the request itself: another attempt may do better."""


class NotJson(Exception):
    """An answer says that it is JSON, and is not."""


def read(answer: Answer, expected: Sequence[int] | None, secrets: Mapping[str, str], now: datetime) -> Done | Failed:
    """The step's output, or why there is none. expected: the statuses that are a success; None: 200 to 299."""
    if not (answer.is_success if expected is None else answer.status in expected):
        return _refused(answer, secrets, now)
    try:
        return Done(output=_kept(answer, _body(answer, secrets), secrets))
    except NotJson as error:
        return Failed(code="malformed", message=str(error))


def _refused(answer: Answer, secrets: Mapping[str, str], now: datetime) -> Failed:
    return Failed(
        code="status",
        message=f"The answer's status is {answer.status}.",
        is_final=answer.status not in _AGAIN,
        retry_after=_retry_after(answer, now),
        output=_kept(answer, _text(answer, secrets)[:EXCERPT_MAX], secrets),
    )


def _kept(answer: Answer, body: Json, secrets: Mapping[str, str]) -> Json:
    headers = {name: hidden(answer.headers[name], secrets) for name in HEADERS_KEPT if name in answer.headers}
    return {"status": answer.status, "headers": headers, "body": body}


def _body(answer: Answer, secrets: Mapping[str, str]) -> Json:
    """JSON where the type says so, else text; None where there is nothing."""
    if not answer.body:
        return None
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    text = _text(answer, secrets)
    if kind != "application/json" and not kind.endswith("+json"):
        return text
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotJson(f"The answer says that it is JSON, and is not: {error}.") from error


def _text(answer: Answer, secrets: Mapping[str, str]) -> str:
    """The body as text; what is no text in its charset is replaced, and so is NUL, which PostgreSQL cannot keep."""
    headers = Headers()
    headers["content-type"] = answer.headers.get("content-type", "")
    charset = headers.get_content_charset("utf-8")
    try:
        text = answer.body.decode(charset, errors="replace")
    except LookupError:
        text = answer.body.decode(errors="replace")
    return hidden(text.replace("\x00", "\ufffd"), secrets)


def _retry_after(answer: Answer, now: datetime) -> float:
    """Seconds that the other end asks for: a number, or the instant that it names; 0 where it says nothing."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal():
        return min(float(said[:9]), RETRY_AFTER_MAX)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return 0
    seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    return min(max(0.0, seconds), RETRY_AFTER_MAX)
