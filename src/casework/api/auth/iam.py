"""Signing in with an API key, and who one is, as clients of the activity surface ask it."""

from typing import Annotated, Any

import msgspec

from casework.api.auth.people import EXAMPLE, UserResponse, of_principal
from casework.api.bodies import read
from casework.api.render import json_response
from casework.api.routes import HttpRequest, HttpResponse, Operation, get, post
from casework.core.errors import Denied
from casework.core.permission import ACCOUNT, ANYONE, Principal
from casework.operations import sign_in
from casework.operations.services import Services


class KeyRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An API key."""

    key: Annotated[str, msgspec.Meta(max_length=512)]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """An account, or a key that acts as the workspace."""

    type: str
    id: str
    attributes: dict[str, Any]


class TokenMeta(msgspec.Struct, frozen=True, kw_only=True):
    """A bearer token that acts exactly as the key does, for an hour at most."""

    token: str


class LoginResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Who the key acts as, and the token."""

    data: Resource
    meta: TokenMeta


class AccountResponse(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls."""

    data: Resource


def of_user(user: UserResponse) -> Resource:
    """A person as a resource."""
    return Resource(type="iam/accounts", id=str(user.id), attributes=msgspec.to_builtins(user))


@post(
    "/api/v3/iam/auth/api/login",
    ANYONE,
    Operation(
        summary="Get a token for an API key",
        body=KeyRequest,
        body_example={"key": "cw_k3v5tq2m4n7p6r8s_..."},
        answer=LoginResponse,
        answer_example=LoginResponse(data=of_user(EXAMPLE), meta=TokenMeta(token="...")),  # noqa: S106 - no token
        refuses=[401, 403],
    ),
)
async def login(request: HttpRequest, services: Services) -> HttpResponse:
    """The token ends with the key, or after an hour."""
    wish = await read(request, KeyRequest)
    session, principal = await sign_in.open_key_session(services, wish.key)
    user = of_principal(principal)
    data = of_user(user) if user else _of_key(principal)
    return json_response(LoginResponse(data=data, meta=TokenMeta(token=session.token)))


@get(
    "/api/v3/iam/accounts/me",
    ACCOUNT,
    Operation(summary="Who one is", answer=AccountResponse, answer_example=AccountResponse(data=of_user(EXAMPLE))),
)
async def me(principal: Principal) -> HttpResponse:
    """The account of the caller."""
    user = of_principal(principal)
    if user is None:
        raise Denied("This key acts as the workspace and has no account.")
    return json_response(AccountResponse(data=of_user(user)))


def _of_key(principal: Principal) -> Resource:
    attributes = {"id": principal.key_id, "uuid": str(principal.key_uuid), "name": principal.key_name}
    return Resource(type="iam/keys", id=str(principal.key_id), attributes=attributes)


handlers = (login, me)
