"""One request and its answer, held to limits of time and size."""

import asyncio
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Final, Self

import httpx
import msgspec

from casework import __version__
from casework.egress.connecting import GuardedTransport, Resolve, resolved
from casework.egress.errors import EgressError, Malformed, NotTrusted, TimedOut, TooLarge, Unreachable, Unsendable
from casework.egress.policy import Policy
from casework.egress.target import check_url

SECONDS_MAX: Final = 15.0
"""For a whole exchange, unless its caller says otherwise: a stranger's server has no claim to more of our patience."""

ANSWER_BYTES_MAX: Final = 1024 * 1024
"""Of an answer, unpacked, unless its caller says otherwise: as long as what we take in a request."""

HEADERS_MAX: Final = 100
"""Headers of an answer; together they are at most 100 KiB, which the parser sees to."""

_OWN: Final = frozenset(
    {
        *("host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"),
        *("keep-alive", "proxy-authorization", "proxy-connection", "accept-encoding"),
    }
)
"""Headers that say how the exchange is made: ours to set."""

_SUCCESS: Final = range(200, 300)
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}\Z")
_FIELD: Final = re.compile(r"[\x20-\x7e\t]{0,8192}\Z")
_PACKINGS: Final = frozenset({"gzip", "x-gzip", "deflate"})
_ANY_WINDOW: Final = 47
"""Of zlib: gzip and deflate alike, told apart by how they begin."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A request. seconds: for the whole exchange. bytes_max: of the answer, unpacked."""

    method: str
    url: str
    headers: Mapping[str, str] = {}
    body: bytes = b""
    seconds: float = SECONDS_MAX
    bytes_max: int = ANSWER_BYTES_MAX


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came back, whatever its status: a redirect too is an answer, and is not followed. Names are in small."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the other end took the request."""
        return self.status in _SUCCESS


class Caller:
    """Sends requests under a policy. Open it with `async with`; one serves a whole process."""

    def __init__(self, policy: Policy, *, resolve: Resolve = resolved, tls: ssl.SSLContext | None = None) -> None:
        self._policy = policy
        self._resolve = resolve
        self._tls = tls or httpx.create_ssl_context()
        self._http = httpx.AsyncClient(
            transport=self.transport(),
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(None),  # the exchange as a whole has its time
            headers={"user-agent": f"Casework/{__version__}", "accept-encoding": "identity"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    def transport(self) -> httpx.AsyncBaseTransport:
        """A transport for a client of httpx: it connects as this does. Its limits of time and size are the client's."""
        return GuardedTransport(self._policy, self._resolve, tls=self._tls)

    def check(self, url: str) -> None:
        """Nothing, where requests may be sent to an address, as far as can be said without asking for its name.

        Raises:
            Unsendable, Blocked: they may not.

        """
        check_url(url, self._policy)

    async def send(self, message: Message) -> Answer:
        """The answer to a request.

        Raises:
            EgressError: there is none; its class says why.

        """
        request = self._request(message)
        try:
            async with asyncio.timeout(message.seconds):
                return await self._exchange(request, message.bytes_max)
        except TimeoutError as error:
            raise TimedOut(f"No whole answer came within {message.seconds:g} seconds.") from error
        except httpx.TransportError as error:
            raise _explained(error) from error

    def _request(self, message: Message) -> httpx.Request:
        url = check_url(message.url, self._policy)
        if not _TOKEN.match(message.method):
            raise Unsendable("This is not a method of HTTP.")
        for name, value in message.headers.items():
            if not (_TOKEN.match(name) and _FIELD.match(value)):
                raise Unsendable("A header is a name and one line of ASCII.")
            if name.lower() in _OWN:
                raise Unsendable(f"The header {name.lower()} is not yours to set.")
        return self._http.build_request(message.method, url, headers=message.headers, content=message.body)

    async def _exchange(self, request: httpx.Request, bytes_max: int) -> Answer:
        response = await self._http.send(request, stream=True)
        try:
            if len(response.headers) > HEADERS_MAX:
                raise TooLarge(f"An answer has at most {HEADERS_MAX} headers.")
            body = await _unpacked(response, bytes_max)
        finally:
            await response.aclose()
        return Answer(status=response.status_code, headers=dict(response.headers), body=body)


async def _unpacked(response: httpx.Response, bytes_max: int) -> bytes:
    """The body, no more of it than is taken, however small it was packed."""
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing != "identity" and packing not in _PACKINGS:
        raise Malformed("The answer is packed in a way that is not known here.")
    parts = response.aiter_raw() if packing == "identity" else _inflated(response.aiter_raw(), bytes_max)
    body = bytearray()
    async for part in parts:
        body += part
        if len(body) > bytes_max:
            raise TooLarge(f"The answer is longer than {bytes_max} bytes.")
    return bytes(body)


async def _inflated(parts: AsyncIterator[bytes], bytes_max: int) -> AsyncIterator[bytes]:
    unpacking = zlib.decompressobj(wbits=_ANY_WINDOW)
    try:
        async for part in parts:
            yield unpacking.decompress(part, bytes_max + 1)
    except zlib.error as error:
        raise Malformed("The answer is not packed as it says.") from error
    if not unpacking.eof:
        raise Malformed("The answer ends before it is unpacked.")


def _explained(error: httpx.TransportError) -> EgressError:
    """What went wrong with the transport, without the text of whoever answered."""
    match error:
        case httpx.TimeoutException():
            return TimedOut("Nobody took the connection in time.")
        case httpx.ConnectError() if _is_of_tls(error):
            return NotTrusted("The other end does not prove who it is.")
        case httpx.LocalProtocolError():
            return Unsendable("This cannot be sent over HTTP.")
        case httpx.RemoteProtocolError() if "disconnected" not in str(error):
            return Malformed("What answers does not speak HTTP.")
    return Unreachable("The connection was refused, or broke.")


def _is_of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
