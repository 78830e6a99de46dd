"""Logs: facts as structured lines, without secrets."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog

_SECRET: Final = frozenset(
    {
        "authorization",
        "cookie",
        "set_cookie",
        "password",
        "password_hash",
        "key",
        "api_key",
        "token",
        "secret",
        "secret_key",
        "webhook_signature",
        "bearer",
    }
)
"""Names whose values are never written, whoever logs them."""

_REDACTED: Final = "[redacted]"
_DEPTH_MAX: Final = 4


def configure(*, level: str, form: str, stream: TextIO | None = None) -> None:
    """Write logs of at least `level` to `stream` (standard error), as `json` lines or for a `console`."""
    renderer: Any = (
        structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put a mark in the place of every secret, also inside mappings."""
    for name, value in event.items():
        event[name] = _redacted(name, value, 0)
    return event


def _redacted(name: str, value: Any, depth: int) -> Any:
    if name.lower().replace("-", "_") in _SECRET:
        return _REDACTED
    if isinstance(value, Mapping) and depth < _DEPTH_MAX:
        return {key: _redacted(str(key), inner, depth + 1) for key, inner in value.items()}
    return value
