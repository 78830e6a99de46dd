"""How a connection is made: the name is resolved once, every address is checked, and one of these is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any, Final

import httpcore
import httpx

from casework.egress.errors import Unreachable
from casework.egress.policy import Policy, address_of
from casework.egress.ranges import Address
from casework.egress.target import check_host, check_target

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
"""Gives every address of a name."""

ADDRESSES_MAX: Final = 8
"""Addresses of a name that are tried: the others are left, and so is whoever has that many dead ones."""

CONNECT_SECONDS: Final = 5.0
"""For each of them: an address that has not answered by then will not, and the next one is tried."""

_LIMITS: Final = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=15)


async def resolved(host: str, port: int) -> Sequence[Address]:
    """Every address of a name, as the machine resolves it."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"There is no host {host}.") from error
    return [ip_address(str(one[4][0])) for one in found]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects to addresses that a policy allows, and to nothing else."""

    def __init__(self, policy: Policy, resolve: Resolve) -> None:
        self._policy = policy
        self._resolve = resolve
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to one of the host's addresses, each of which was checked.

        Raises:
            Blocked: one of them must not be called.
            Unreachable: there is no such host.

        """
        check_host(host, port, self._policy)
        address = address_of(host)
        addresses = [address] if address is not None else list(dict.fromkeys(await self._resolve(host, port)))
        if not addresses:
            raise Unreachable(f"{host} has no address.")
        self._policy.check(host, port, addresses)
        seconds = CONNECT_SECONDS if timeout is None else min(timeout, CONNECT_SECONDS)
        failure: Exception | None = None
        for one in addresses[:ADDRESSES_MAX]:
            try:
                return await self._backend.connect_tcp(str(one), port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(host)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """A transport of httpx that connects through the guard. It knows no proxy, and follows nothing by itself."""

    def __init__(self, policy: Policy, resolve: Resolve, *, tls: Any) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._policy = policy
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=_LIMITS.max_connections,
            max_keepalive_connections=_LIMITS.max_keepalive_connections,
            keepalive_expiry=_LIMITS.keepalive_expiry,
            network_backend=GuardedBackend(policy, resolve),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, unless the address must not be called."""
        check_target(request.url, self._policy)
        return await super().handle_async_request(request)
