"""Credentials as requests carry them, and the defence of the one kind that browsers send by themselves."""

from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from casework.core.errors import Denied, Unauthenticated
from casework.settings import Settings

COOKIE: Final = "casework_session"

_TOKEN_LENGTH_MAX: Final = 512
_SAME_SITE: Final = frozenset({"same-origin", "none"})

Connection = ASGIConnection[Any, Any, Any, Any]


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What a request shows: a session's cookie, or a bearer (a token or an API key)."""

    via: Literal["cookie", "bearer"]
    token: str


def credential_of(connection: Connection, settings: Settings) -> Credential | None:
    """The request's credential. A bearer counts before a cookie; a header that holds something else is refused.

    Raises:
        Unauthenticated: the Authorization header holds something else than a bearer.

    """
    header = connection.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not _is_token(token):
            raise Unauthenticated("The Authorization header must be: Bearer, a blank, and a token or an API key.")
        return Credential(via="bearer", token=token)
    if "cookie" not in connection.headers:
        return None
    token = connection.cookies.get(cookie_name(settings), "")
    return Credential(via="cookie", token=token) if _is_token(token) else None


def refuse_cross_site(connection: Connection) -> None:
    """Refuse a request that another site made a browser send (CSRF), also to sign in as somebody else.

    Browsers say where a request comes from: `Sec-Fetch-Site`, or at least `Origin`. What says neither is no browser.

    Raises:
        Denied: it comes from another site.

    """
    headers = connection.headers
    site = headers.get("sec-fetch-site")
    if site is not None:
        is_same = site.lower() in _SAME_SITE
    else:
        origin = headers.get("origin")
        is_same = origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    if not is_same:
        raise Denied("This request comes from another site.")


def cookie_name(settings: Settings) -> str:
    """The cookie's name; over https with the prefix that makes browsers refuse one set by a subdomain."""
    return f"__Host-{COOKIE}" if settings.secure_cookies else COOKIE


def session_cookie(token: str, settings: Settings) -> Cookie:
    """The cookie of a session that was just opened."""
    return Cookie(
        key=cookie_name(settings),
        value=token,
        path="/",
        max_age=settings.session_days * 86_400,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
    )


def no_cookie(settings: Settings) -> Cookie:
    """The cookie that takes the session's away."""
    return Cookie(
        key=cookie_name(settings),
        value="",
        path="/",
        max_age=0,
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
    )


def _is_token(text: str) -> bool:
    return 0 < len(text) <= _TOKEN_LENGTH_MAX and text.isascii() and text.isprintable() and " " not in text
