"""What an exception means for an attempt: whether another one may do better, and when."""

from collections.abc import Callable
from typing import Final

import httpx2
from msgspec.structs import replace
from pydantic_ai.exceptions import (
    ContentFilterError,
    ModelAPIError,
    ModelHTTPError,
    UnexpectedModelBehavior,
    UserError,
)

from casework.core.definition import Json
from casework.core.errors import CaseworkError
from casework.core.work import Failed
from casework.egress.errors import Blocked, EgressError, Unsendable
from casework.kinds.agent.calling import ToolTrouble
from casework.kinds.agent.models import ExtraMissing
from casework.kinds.agent.scripted import NoRule
from casework.kinds.agent.wire import AnswerTooLarge

RETRY_AFTER_MAX: Final = 3_600.0
"""Seconds: an endpoint that wants a longer pause is not waited for that long."""

MESSAGE_MAX: Final = 500

_PASSING: Final = frozenset({408, 409, 425, 429})
"""Refusals that another attempt may not meet."""

_OTHERS: Final[tuple[tuple[type[Exception], str, bool], ...]] = (
    (ContentFilterError, "refused", True),
    (NoRule, "model", True),
    (ModelAPIError, "model", False),
    (httpx2.TransportError, "model", False),
    (ExtraMissing, "model", True),
    (ToolTrouble, "tool", False),
    (UserError, "definition", True),
    (CaseworkError, "secret", True),
)
"""What else goes wrong: its code, and whether another attempt would fail as well."""

_CLIENTS_FAULT: Final = range(400, 500)


def failure(error: Exception, last: Json, redacted: Callable[[str], str]) -> Failed | None:
    """The failure that an exception stands for, None where it is nobody's but ours.

    last: the model's last answer. redacted: takes secrets out of a text.
    """
    found = _failure(error, last)
    return None if found is None else replace(found, message=redacted(found.message)[:MESSAGE_MAX])


def _failure(error: Exception, last: Json) -> Failed | None:
    stopped = _caused_by(error, (AnswerTooLarge, EgressError))
    if isinstance(stopped, EgressError):
        return Failed(code=stopped.code, message=stopped.message, is_final=isinstance(stopped, Blocked | Unsendable))
    if stopped is not None:
        return Failed(code="too_large", message=str(stopped), is_final=True)
    if isinstance(error, ModelHTTPError):
        return _refused(error)
    if isinstance(error, UnexpectedModelBehavior) and not isinstance(error, ContentFilterError):
        message = f"The model's answer does not fit: {_innermost(error)}"
        return Failed(code="model" if last is None else "output", message=message, output=last)
    for kind, code, is_final in _OTHERS:
        if isinstance(error, kind):
            return Failed(code=code, message=str(error), is_final=is_final)
    return None


def _refused(error: ModelHTTPError) -> Failed:
    status = error.status_code
    body = error.body if isinstance(error.body, dict) else {}
    said = f" It says: {body['message']}" if isinstance(body.get("message"), str) else ""
    return Failed(
        code="model",
        message=f"The model's provider answered {status}.{said}",
        is_final=status in _CLIENTS_FAULT and status not in _PASSING,
        retry_after=min(error.retry_after or 0, RETRY_AFTER_MAX),
    )


def _innermost(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error)


def _caused_by(error: BaseException | None, kinds: tuple[type[Exception], ...]) -> BaseException | None:
    while error is not None and not isinstance(error, kinds):
        error = error.__cause__ or error.__context__
    return error
