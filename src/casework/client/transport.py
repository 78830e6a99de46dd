"""Requests and answers: one connection pool, retries that cannot repeat a change, errors as exceptions."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx
import msgspec

from casework.client.errors import ApiError, Unreachable, api_error
from casework.entropy import new_secret

Json = Any
"""A decoded JSON value: its shape is the endpoint's."""

TIMEOUT_SECONDS: Final = 30.0
"""For one try: longer than the server lets any of its own statements run."""

TRIES_MAX: Final = 5
"""Tries of one request: with the pauses between them some four seconds, which a restart of the server takes."""

PAUSE_SECONDS: Final = 0.25
"""Before the second try; doubled before each one after it."""

PAUSE_SECONDS_MAX: Final = 10.0
"""However long the server asks to wait: a person is waiting too."""

_TRIED_AGAIN: Final = frozenset({429, 502, 503, 504})
_KEYED: Final = frozenset({"POST", "PUT", "PATCH"})
_REPEATABLE: Final = frozenset({"GET", "HEAD"}) | _KEYED
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_REDIRECTS: Final = range(300, 400)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some of a list; `total` is None where the server was not asked to count."""

    items: list[dict[str, Any]]
    total: int | None = None


class Transport:
    """Speaks to one server with one key. Open it with `async with`; Unreachable where the address is none.

    Every POST, PUT and PATCH carries an Idempotency-Key of its own, so that a retry after a lost answer gives the
    first answer again instead of a second change.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
        tries: int = TRIES_MAX,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.url = _checked(url)
        self._tries = tries
        self._pause = pause
        self._http = httpx.AsyncClient(
            base_url=self.url,
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=timeout,
            transport=transport,
            trust_env=not is_loopback(url),  # a proxy cannot reach this machine's own addresses
            verify=self.url.startswith("https:"),  # certificates are read where they are of use: that takes a while
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def get(self, path: str, **query: Any) -> Json:
        """The JSON value at a path; parameters that are None are left out."""
        return await self.send("GET", path, query=query)

    async def post(self, path: str, body: Json = None, **query: Any) -> Json:
        """The answer to a POST."""
        return await self.send("POST", path, body=body, query=query)

    async def put(self, path: str, body: Json = None, **query: Any) -> Json:
        """The answer to a PUT."""
        return await self.send("PUT", path, body=body, query=query)

    async def patch(self, path: str, body: Json = None, **query: Any) -> Json:
        """The answer to a PATCH."""
        return await self.send("PATCH", path, body=body, query=query)

    async def delete(self, path: str) -> Json:
        """The answer to a DELETE; None where it has no body."""
        return await self.send("DELETE", path)

    async def send(self, method: str, path: str, *, body: Json = None, query: Mapping[str, Any] | None = None) -> Json:
        """The decoded answer.

        Raises:
            ApiError: the server refused.
            Unreachable: no answer came, or one that is not JSON.

        """
        content = None if body is None else msgspec.json.encode(body)
        headers = {} if content is None else {"content-type": "application/json"}
        return decoded(await self.exchange(method, path, content=content, headers=headers, query=query))

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """The answer as it came, after as many tries as it takes; errors as `send`."""
        sent = {**(headers or {})}
        if method in _KEYED:
            sent.setdefault("idempotency-key", new_secret())
        request = self._http.build_request(method, path, content=content, headers=sent, params=_params(query or {}))
        for tried in range(1, self._tries + 1):
            response = await self._try(request, is_last=tried == self._tries)
            if response is not None and (response.status_code not in _TRIED_AGAIN or tried == self._tries):
                return _accepted(response)
            await self._pause(_pause_seconds(response, tried))
        raise AssertionError  # pragma: no cover - the last try has returned or raised

    async def _try(self, request: httpx.Request, *, is_last: bool) -> httpx.Response | None:
        """The answer, or None where none came and another try can do no harm."""
        try:
            return await self._http.send(request)
        except httpx.TransportError as error:
            never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
            if is_last or not (never_sent or request.method in _REPEATABLE):
                raise Unreachable(f"Nothing answers at {self.url}: {_reason(error)}") from error
            return None


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own."""
    return urlsplit(url).hostname in _LOOPBACK


def _checked(url: str) -> str:
    """The address, without a slash at its end."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, brackets that do not match
        is_address = False
    if not is_address:
        raise Unreachable(f"{url} is not an address: write it like http://127.0.0.1:8080.")
    return url.rstrip("/")


def decoded(response: httpx.Response) -> Json:
    """The JSON value of an answer; None where it has no body."""
    if not response.content:
        return None
    try:
        return msgspec.json.decode(response.content)
    except msgspec.DecodeError as error:
        raise Unreachable(f"{response.url} answers, but not like Casework.") from error


def _accepted(response: httpx.Response) -> httpx.Response:
    if response.status_code in _REDIRECTS:
        raise Unreachable(f"{response.url} points elsewhere ({response.headers.get('location')}): use that address.")
    if response.is_error:
        raise api_error(response.status_code, response.content)
    return response


def _pause_seconds(response: httpx.Response | None, tried: int) -> float:
    pause: float = PAUSE_SECONDS * 2 ** (tried - 1)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    return min(max(pause, float(asked)) if asked.isdecimal() else pause, PAUSE_SECONDS_MAX)


def _reason(error: httpx.TransportError) -> str:
    return str(error) or type(error).__name__


def _params(query: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in query.items() if value is not None}


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


__all__ = ["ApiError", "Json", "Page", "Transport", "Unreachable", "decoded", "is_loopback"]
