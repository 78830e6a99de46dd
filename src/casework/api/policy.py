"""Authorization: who calls, in which workspace, and whether the route lets them.

It runs as a guard, on the route that was matched and before anything else is read. The order is the same everywhere:
401 (no valid credential), 400 (an address that cannot be read), 403 (not a member, or without the scope); what a
handler finds out itself (404, and rights on one thing) comes after. Strangers are not told whether a workspace exists.
"""

from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.routes import HTTPRoute

from casework.api.bodies import check_query
from casework.api.credentials import Credential, credential_of, refuse_cross_site
from casework.api.errors import BadParameter
from casework.api.literals import parse_uuid
from casework.api.routes import OPERATION, POLICY
from casework.core.errors import Unauthenticated
from casework.core.permission import Grant, Policy, grant
from casework.operations.identity import identify, recognize
from casework.operations.services import Services

WORKSPACE_HEADER: Final = "x-workspace"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_NOWHERE: Final = UUID(int=0)
"""The uuid of no workspace: what cannot be a workspace's is treated as one that does not exist."""

Connection = ASGIConnection[Any, Any, Any, Any]


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace that a request names, by its path or by its header."""

    by_path: UUID | None = None
    by_header: UUID | None = None
    problem: BadParameter | None = None


async def authorize(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let the request pass, with its principal as `user` and its grant as `auth`, or raise why not."""
    policy: Policy | None = handler.opt.get(POLICY)
    if policy is None:  # the answer to OPTIONS, made by the framework for every path; check_policies saw to the rest
        return
    services: Services = connection.app.state.services
    credential = None if policy.who == "anyone" else credential_of(connection, services.settings)
    if connection.scope.get("method") not in _SAFE and (policy.who == "anyone" or _is_cookie(credential)):
        refuse_cross_site(connection)
    connection.scope["user"] = connection.scope["auth"] = None
    if policy.who != "anyone":
        await _admit(connection, services, credential)
    check_query(connection)
    for parameter in getattr(handler.opt.get(OPERATION), "path", ()):
        parameter.check(connection)
    if policy.who == "member":
        connection.scope["auth"] = grant(connection.scope["user"], policy)


async def readmit(connection: Connection) -> Grant:
    """The grant that the request would get now, long after it came; this does not count as a use of its credential.

    Raises:
        Unauthenticated, Denied: it would be refused.

    """
    services: Services = connection.app.state.services
    credential = credential_of(connection, services.settings)
    if credential is None:
        raise Unauthenticated("Sign in, or send an API key or a token.")
    named = _named(connection)
    principal = await recognize(
        services, token=credential.token, via=credential.via, by_path=named.by_path, by_header=named.by_header
    )
    return grant(principal, connection.scope["route_handler"].opt[POLICY])


def check_policies(app: Litestar) -> None:
    """Stop the start where a route does not say who may call it.

    Raises:
        RuntimeError: naming every such route.

    """
    silent = sorted(
        f"{method} {route.path_format}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS" and not isinstance(handler.opt.get(POLICY), Policy)
    )
    if silent:
        message = f"These routes declare no policy: {', '.join(silent)}."
        raise RuntimeError(message)


async def _admit(connection: Connection, services: Services, credential: Credential | None) -> None:
    if credential is None:
        raise Unauthenticated("Sign in, or send an API key or a token.")
    named = _named(connection)
    principal = await identify(
        services, token=credential.token, via=credential.via, by_path=named.by_path, by_header=named.by_header
    )
    if named.problem is not None:
        raise named.problem
    connection.scope["user"] = principal


def _named(connection: Connection) -> Named:
    path = connection.path_params
    if "workspace_uuid" in path:
        found = parse_uuid(path["workspace_uuid"])
        problem = BadParameter("path", "workspace_uuid", "must be a UUID.") if found is None else None
        return Named(by_path=found or _NOWHERE, problem=problem)
    if "org_id" in path:
        return Named(by_path=parse_uuid(path["org_id"]) or _NOWHERE)
    text = connection.headers.get(WORKSPACE_HEADER)
    if text is None:
        return Named()
    found = parse_uuid(text)
    problem = BadParameter("header", "X-Workspace", "must be a UUID.") if found is None else None
    return Named(by_header=found, problem=problem)


def _is_cookie(credential: Credential | None) -> bool:
    return credential is not None and credential.via == "cookie"
